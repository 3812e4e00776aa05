import type { Change, Direction, TaskEffect } from "./changes";
import { cloudLosesData, cloudText } from "./cloud-text";
import { foldedKind, foldedRoutes, type RouteChange, routeText } from "./routes";

/** A line about changes. */
export interface ChangeLine {
  readonly text: string;
  /** Data are lost: it stands first, and is never folded. */
  readonly losesData: boolean;
  /** A service can become root on its servers: it stands first, and is never folded. */
  readonly givesRoot?: true;
}

/** More lines than these are folded by kind. */
const fullLines = 12;

/** The line that stands for no changes. */
export const nothingChanged = "Nothing in the site has changed since the last complete run.";

/**
 * Changes in short lines: `+` is new, `-` is removed, `~` is changed. Many lines become one for
 * each kind.
 *
 * @param folded folds however few they are: all of a new stage is new
 */
export function changeLines(
  changes: readonly Change[],
  { folded = false }: { readonly folded?: boolean } = {},
): readonly ChangeLine[] {
  if (changes.length === 0) return [{ text: nothingChanged, losesData: false }];
  const losses = changes.filter(losesData);
  const rights = changes.filter(givesRoot);
  const others = changes.filter((change) => !losesData(change) && !givesRoot(change));
  const first: readonly ChangeLine[] = [
    ...losses.map((change) => ({ text: lineOf(change), losesData: true })),
    ...rights.map((change) => ({
      text: lineOf(change),
      losesData: false,
      givesRoot: true as const,
    })),
  ];
  const full = groupedPorts(others);
  const rest = folded || first.length + full.length > fullLines ? foldedLines(others) : full;
  return [...first, ...rest.map((text) => ({ text, losesData: false }))];
}

function losesData(one: Change): boolean {
  const { thing, change } = one;
  if (thing === "machine" || thing === "disk") return cloudLosesData(one);
  return change === "removed" && (thing === "volume" || thing === "server");
}

function givesRoot({ thing }: Change): boolean {
  return thing === "root access";
}

const signs: Readonly<Record<Direction, string>> = { added: "+", removed: "-", changed: "~" };

function lineOf(change: Change): string {
  const start = `${signs[change.change]} ${change.thing} ${change.name}`;
  switch (change.thing) {
    case "service":
      return change.change === "changed"
        ? `${start}: ${[change.parts.join(", "), ...effects(change)].join("; ")}`
        : change.change === "added"
          ? `${start} (${change.mode}, image ${change.image})`
          : start;
    case "server":
      if (change.change === "removed") return `${start} (${change.role}) WITH ALL DATA`;
      return change.change === "added" ? `${start} (${change.role})` : `${start}: its settings`;
    case "port":
      return `${portVerb(change.change)} ${change.name} on the cluster hosts`;
    case "root access":
      return `! service ${change.name} can become ROOT ON THE SERVERS: it ${change.ways.join(", ")}`;
    case "route":
      return `${signs[change.change]} ${routeText(change)}`;
    case "machine":
    case "disk":
    case "SSH source":
    case "protection":
    case "cloud options":
    case "cost":
      return `${signs[change.change]} ${cloudText(change)}`;
    case "volume":
      return change.change === "removed" ? `${start} WITH ALL DATA` : start + settings(change);
    case "secret":
      return change.change === "changed" ? `${start}: a new value` : start;
    case "image":
      return change.change === "changed" ? `${start}: another content` : start;
    case "config":
      return change.change === "changed" ? `${start}: another content` : start;
    case "network":
    case "external object":
      return start + settings(change);
    case "setting":
      return start;
  }
}

function settings({ change }: { readonly change: Direction }): string {
  return change === "changed" ? ": its settings" : "";
}

function portVerb(change: Direction): string {
  return change === "removed" ? "close" : "open";
}

const taskTexts: Readonly<Record<TaskEffect, string | undefined>> = {
  none: undefined,
  "one by one": "its tasks restart one after the other",
  "in groups": "its tasks restart a few at a time",
  "all at once": "its tasks restart ALL AT ONCE",
  gap: "its only task restarts: away for a moment",
  "new first": "restarts, each new task before the old one stops",
  "job runs": "the job runs again",
  "next job": "from its next run on",
  recreated: "removed and created again: away for a moment",
};

function effects({
  tasks,
  left,
}: {
  readonly tasks: TaskEffect;
  readonly left?: 0 | 1;
}): readonly string[] {
  const texts = [
    taskTexts[tasks],
    left === 1 ? "LOSES REDUNDANCY" : left === 0 ? "nothing of it runs any more" : undefined,
  ];
  return texts.filter((text) => text !== undefined);
}

/** A line for each change; all ports that are opened, or closed, in one. */
function groupedPorts(changes: readonly Change[]): readonly string[] {
  return [
    ...grouped(changes, (one) =>
      one.thing === "port" ? `port ${one.change}` : one.name + one.thing,
    ).values(),
  ].map((group) =>
    lineOf({ ...group[0], name: group.map(({ name }) => name).join(", ") } as Change),
  );
}

/** A line for each kind of change, with the number and the names. */
function foldedLines(changes: readonly Change[]): readonly string[] {
  const kind = (one: Change): string =>
    [
      one.thing,
      one.change,
      ...(isChangedService(one) ? effects(one) : []),
      ...(one.thing === "route" ? [foldedKind(one)] : []),
      // Each says something else of its own.
      ...(one.thing === "machine" || one.thing === "disk" ? [one.name] : []),
    ].join(" ");
  return [...grouped(changes, kind).values()].map((group) => {
    const [first] = group;
    if (first === undefined) return "";
    if (group.length === 1) return lineOf(first);
    const names = group.map(({ name }) => name).join(", ");
    if (first.thing === "port") return lineOf({ ...first, name: names });
    // A group is of one thing.
    if (first.thing === "route")
      return `${signs[first.change]} ${foldedRoutes(group as readonly RouteChange[])}`;
    const line = `${signs[first.change]} ${group.length} ${plurals[first.thing]}: ${names}`;
    const what = isChangedService(first) ? effects(first) : [];
    return [line, ...what].join("; ");
  });
}

const plurals: Readonly<Record<Change["thing"], string>> = {
  service: "services",
  server: "servers",
  port: "ports",
  "root access": "services with root on the servers",
  route: "routes",
  machine: "servers",
  disk: "disks",
  "SSH source": "networks for SSH",
  protection: "protections",
  "cloud options": "options of the cloud",
  cost: "costs",
  volume: "volumes",
  network: "networks",
  secret: "secrets",
  config: "configs",
  image: "images",
  "external object": "external objects",
  setting: "settings",
};

function isChangedService(
  one: Change,
): one is Extract<Change, { readonly thing: "service"; readonly change: "changed" }> {
  return one.thing === "service" && one.change === "changed";
}

/** In the order of the first of each group. */
function grouped<One>(
  all: readonly One[],
  key: (one: One) => string,
): ReadonlyMap<string, readonly One[]> {
  const groups = new Map<string, One[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}
