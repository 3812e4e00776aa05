import { type Progress, sectionOf, sections, totalCounts } from "./progress/progress";
import { countsText, duration, hasChanges, sectionLabel, sectionTime } from "./progress/view";
import type { StageOutputs } from "./hosts/outputs";
import { shortName } from "./swarm/facts";
import { tableLines } from "./table";
import type { Paint } from "./terminal";

/** What the summary of `hive up` is made from. */
export interface SummaryFacts {
  readonly outputs: StageOutputs;
  readonly progress: Progress;
  /** The run as a whole. */
  readonly milliseconds: number;
  readonly logFile: string;
  /** The phase after which the run stopped, if not the last one. */
  readonly throughPhase?: string | undefined;
  /** Name and password of a demo person, if the stage has one. */
  readonly demoLogin?: string | undefined;
}

/** Where everything is, how long it took, and what to do next. */
export function summaryText(facts: SummaryFacts, paint: Paint): string {
  const { outputs, throughPhase } = facts;
  const stack = outputs.stage === "private" ? "" : ` --stack ${outputs.stage}`;
  const state = throughPhase === undefined ? "is up" : `is built through ${throughPhase}`;
  const first = outputs.hosts[0];
  return [
    paint("green", `The ${outputs.stage} stage of ${outputs.site} ${state}.`),
    "",
    ...phaseLines(facts),
    "",
    ...tableLines(
      outputs.hosts.map((host) => [`  ${host.name}`, host.publicAddress, host.zone, host.role]),
    ),
    ...outputs.hosts
      .filter(({ missing }) => missing.length > 0)
      .map(({ name, missing }) =>
        paint(
          "yellow",
          `  ${name} was unreachable; the next run does this there: ${missing.join(", ")}.`,
        ),
      ),
    "",
    ...tableLines([
      ...serviceRows(outputs),
      ...(facts.demoLogin === undefined ? [] : [["  demo login", facts.demoLogin]]),
      ...(first === undefined
        ? []
        : [["  ssh", `npx hive ssh ${shortName(first.name).replace(/^[a-z]-/, "")}${stack}`]]),
      ["  look", `npx hive status${stack}`],
      ["  destroy", `npx hive destroy${stack}`],
      ["  log", facts.logFile],
    ]),
  ].join("\n");
}

function phaseLines({ progress, milliseconds }: SummaryFacts): readonly string[] {
  const present = sections.filter(
    (section) => section !== "other" && sectionOf(progress, section).present,
  );
  const changed = present.filter((section) => hasChanges(progress, section));
  const unchanged = present.filter((section) => !changed.includes(section)).map(sectionLabel);
  const rows = changed.map((section) => {
    const time = sectionTime(progress, section, 0);
    const text = time === undefined ? "" : duration(time);
    return [`  ${sectionLabel(section)}`, text, countsText(sectionOf(progress, section).counts)];
  });
  const times = changed.map((section) => sectionTime(progress, section, 0) ?? 0);
  const overlap = times.reduce((sum, time) => sum + time, 0) > milliseconds;
  const total = [
    "  altogether",
    duration(milliseconds),
    countsText({ ...totalCounts(progress), read: 0 }) + (overlap ? " (phases overlap)" : ""),
  ];
  const all = [...rows, total];
  const width = Math.max(...all.map((row) => row[1]?.length ?? 0));
  const table = tableLines(
    all.map(([name, time, counts]) => [name ?? "", (time ?? "").padStart(width), counts ?? ""]),
  );
  if (unchanged.length === 0) return table;
  const phases = unchanged.length === 1 ? "1 phase" : `${unchanged.length} phases`;
  return [...table, `  ${phases} without changes: ${unchanged.join(", ")}`];
}

function serviceRows({ services }: StageOutputs): readonly (readonly string[])[] {
  return Object.entries(services)
    .map(
      ([name, { routes = [], endpoints }]) => [name, [...routes, ...endpoints] as const] as const,
    )
    .filter(([, addresses]) => addresses.length > 0)
    .map(([name, addresses]) => {
      const verb = /^https?:/.test(addresses[0] ?? "") ? "open" : "reach";
      return [`  ${verb} ${name}`, addresses.join("  ")];
    });
}
