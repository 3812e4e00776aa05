import type { CloudChange } from "./cloud";
import type { Risk } from "./risk";

/** Where prices are: they differ by region and change, and an old one would be a wrong one. */
export const calculator = "https://calculator.aws";

/** A change of a cloud in a line, without a sign. */
export function cloudText(change: CloudChange): string {
  switch (change.thing) {
    case "machine":
      return `server ${change.name}: ${[change.parts.join(", "), ...machineEffect(change)].join("; ")}`;
    case "disk":
      return `disks of the volume ${change.name}: ${[change.parts.join(", "), ...diskEffect(change)].join("; ")}`;
    case "SSH source":
      return `SSH from ${change.name}`;
    case "protection":
      return `protection of ${change.name}`;
    case "cloud options":
      return `other options of ${change.name}`;
    case "cost":
      return `${change.change === "added" ? "to pay for" : "no longer to pay for"}: ${change.name} (prices: ${calculator})`;
  }
}

/** Whether data are lost. What is protected stays: the run is refused. */
export function cloudLosesData(change: CloudChange): boolean {
  return (
    (change.thing === "machine" || change.thing === "disk") &&
    change.effect === "replaced" &&
    !change.isProtected
  );
}

const refused = "the cloud REFUSES this: a disk cannot become smaller";
const kept = "REFUSED, as it is protected";

type MachineChange = Extract<CloudChange, { thing: "machine" }>;
type DiskChange = Extract<CloudChange, { thing: "disk" }>;

function machineEffect(change: MachineChange): readonly string[] {
  switch (change.effect) {
    case "stays":
      return [];
    case "refused":
      return [refused];
    case "restarts":
      return ["it stops and starts, one server at a time", ...meanwhile(change)];
    case "replaced":
      return change.isProtected
        ? [kept]
        : ["REPLACED, one server at a time, its system disk WITH ALL DATA", ...meanwhile(change)];
  }
}

function diskEffect({ effect, isProtected }: DiskChange): readonly string[] {
  switch (effect) {
    case "stays":
      return [];
    case "refused":
      return [refused];
    case "replaced":
      return [isProtected ? kept : "REPLACED by empty ones: ALL DATA are lost"];
  }
}

/** What services feel while a server is away. */
function meanwhile({ bound, spread }: MachineChange): readonly string[] {
  return [
    ...(bound.length === 0 ? [] : [`away meanwhile: ${bound.join(", ")}`]),
    ...(spread.length === 0 ? [] : [`LESS REDUNDANT meanwhile: ${spread.join(", ")}`]),
  ];
}

/** The risks of a change of a cloud. */
export function cloudRisks(change: CloudChange): readonly Risk[] {
  switch (change.thing) {
    case "machine":
      return machineRisks(change);
    case "disk":
      return cloudLosesData(change)
        ? [
            {
              kind: "data",
              text: `The disks of the volume ${change.name} are replaced by empty ones: all its data are lost.`,
            },
          ]
        : [];
    case "SSH source":
      return change.change === "added"
        ? [{ kind: "exposure", text: `SSH of the servers opens to ${change.name}.` }]
        : [];
    case "protection":
      return change.change === "removed"
        ? [
            {
              kind: "data",
              text: "Servers, addresses and disks lose their protection: a later run or `destroy` can delete them.",
            },
          ]
        : [];
    case "cloud options":
      return [];
    case "cost":
      return change.change === "added"
        ? [{ kind: "cost", text: `New to pay for: ${change.name}. Prices: ${calculator}` }]
        : [];
  }
}

function machineRisks(change: MachineChange): readonly Risk[] {
  const { name, effect, bound, spread, parts } = change;
  const isReadressed: readonly Risk[] = parts.includes("another public address")
    ? [{ kind: "outage", text: `The public address of the server ${name} changes.` }]
    : [];
  if (effect === "stays" || effect === "refused") return isReadressed;
  if (effect === "replaced" && change.isProtected) return isReadressed;
  const verb = effect === "restarts" ? "stops and starts" : "is replaced";
  return [
    ...(effect === "replaced"
      ? [
          {
            kind: "data" as const,
            text: `The server ${name} is replaced: all data on its system disk are lost, those of local volumes too.`,
          },
        ]
      : []),
    ...(bound.length === 0
      ? []
      : [
          {
            kind: "outage" as const,
            text: `Away while the server ${name} ${verb}, as they run nowhere else: ${bound.join(", ")}.`,
          },
        ]),
    ...(spread.length === 0
      ? []
      : [
          {
            kind: "redundancy" as const,
            text: `One task fewer while the server ${name} ${verb}: ${spread.join(", ")}.`,
          },
        ]),
    ...isReadressed,
  ];
}
