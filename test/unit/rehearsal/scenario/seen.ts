import type { Sample, TasksSeen, Watched } from "../../../../rehearsal/scenario/sample";
import type { ScenarioReport } from "../../../../rehearsal/scenario/report";
import { reportOf, type StepDone } from "../../../../rehearsal/scenario/report";
import { readScenario } from "../../../../rehearsal/scenario/read";
import type { Scenario } from "../../../../rehearsal/scenario/schema";
import { timelineOf } from "../../../../rehearsal/scenario/timeline";

const zones = ["a", "b", "c", "a"];

/** A stage of four servers in three zones, and services of each kind. */
export const watched: Watched = {
  servers: zones.map((letter, index) => ({
    name: `s-hive${index}`,
    logicalName: `hive${index}`,
    zone: `eu-central-1${letter}`,
    privateAddress: `10.0.0.${index + 4}`,
  })),
  services: [
    {
      name: "gate",
      addresses: [0, 1, 2].map((index) => `https://198.18.0.${index + 4}/`),
      moving: [],
    },
    {
      name: "ldap",
      addresses: [],
      moving: [],
      bound: { volumes: ["ldap-data"], server: "s-hive1" },
    },
    { name: "portal", addresses: [], moving: ["tcp://198.18.0.4:8080", "tcp://198.18.0.6:8080"] },
    { name: "worker", addresses: [], moving: [] },
  ],
};

/** The tasks of each service when all is well. */
const tasks: Readonly<Record<string, TasksSeen>> = {
  gate: { wanted: 3, possible: 3, on: ["s-hive0", "s-hive1", "s-hive2"] },
  ldap: { wanted: 1, possible: 1, on: ["s-hive1"] },
  portal: { wanted: 1, possible: 1, on: ["s-hive0"] },
  worker: { wanted: 2, possible: 2, on: ["s-hive1", "s-hive2"] },
};

/** What differs from a stage on which all is well. */
export interface Change {
  /** Short names of servers that do not answer. */
  readonly down?: readonly string[];
  /** Addresses that do not answer, beside those of servers that are down. */
  readonly silent?: readonly string[];
  readonly tasks?: Readonly<Record<string, TasksSeen>>;
  /** When the Swarm answered last; null: never. */
  readonly swarmAt?: number | null;
  /** Nodes that the Swarm takes for lost. */
  readonly lostNodes?: readonly string[];
}

/** A look at the stage. */
export function sampleAt(at: number, change: Change = {}): Sample {
  const { down = [], silent = [], swarmAt = at, lostNodes = [] } = change;
  const names = watched.servers.map(({ name }) => name);
  const urls = watched.services.flatMap(({ addresses, moving }) => [...addresses, ...moving]);
  const isOn = (url: string, server: string): boolean =>
    url.includes(`198.18.0.${Number(server.at(-1)) + 4}`);
  const nodes = names.slice(0, 3);
  return {
    at,
    servers: Object.fromEntries(names.map((name) => [name, !down.includes(name)])),
    addresses: Object.fromEntries(
      urls.map((url) => [url, !silent.includes(url) && !down.some((name) => isOn(url, name))]),
    ),
    ...(swarmAt === null
      ? {}
      : {
          swarm: {
            at: swarmAt,
            services: { ...tasks, ...change.tasks },
            nodes,
            ready: nodes.filter((name) => !lostNodes.includes(name)),
          },
        }),
  };
}

/** A scenario with these lines after its name and description. */
export function scenarioWith(lines = "steps: [{ heal: all }]"): Scenario {
  return readScenario(`name: zone-loss\ndescription: A zone fails.\n${lines}\n`, "zone-loss");
}

/** Looks, one in each second, of a zone that is lost from second 10 to second 75. */
export function zoneLoss(): readonly Sample[] {
  return Array.from({ length: 101 }, (_, at) => {
    const isAway = at >= 10 && at < 75;
    // The Swarm needs a while to see it, and starts what can move elsewhere.
    const worker = at < 25 ? ["s-hive1", "s-hive2"] : ["s-hive0", "s-hive2"];
    return sampleAt(at, {
      down: isAway ? ["s-hive1"] : [],
      tasks: {
        gate: {
          wanted: 3,
          possible: at >= 25 && isAway ? 2 : 3,
          on: at >= 10 && at < 80 ? ["s-hive0", "s-hive2"] : ["s-hive0", "s-hive1", "s-hive2"],
        },
        ldap: {
          wanted: 1,
          possible: at >= 25 && isAway ? 0 : 1,
          on: at < 10 || at >= 82 ? ["s-hive1"] : [],
        },
        worker: { wanted: 2, possible: 2, on: worker },
      },
      lostNodes: at >= 25 && isAway ? ["s-hive1"] : [],
    });
  });
}

/** The steps of that loss. */
export const zoneLossSteps: readonly StepDone[] = [
  { text: "wait 10s", from: 0, to: 10 },
  { text: "kill the zone eu-central-1b: s-hive1", from: 10, to: 11 },
  { text: "wait until all movable services run", from: 11, to: 31 },
  { text: "wait 44s", from: 31, to: 75 },
  { text: "start what was taken down", from: 75, to: 77 },
  { text: "wait until all services run", from: 77, to: 92 },
  { text: "hive status", from: 92, to: 100 },
];

/** The report of looks, by default of the lost zone. */
export function reportWith(
  change: {
    readonly scenario?: Scenario;
    readonly samples?: readonly Sample[];
    readonly steps?: readonly StepDone[];
    readonly watched?: Watched;
  } = {},
): ScenarioReport {
  const { samples = zoneLoss(), steps = zoneLossSteps } = change;
  const of = change.watched ?? watched;
  return reportOf({
    scenario: change.scenario ?? scenarioWith(),
    ...{ stage: "staging", site: "hive.example", startedAt: "2026-11-23T14:00:00.000Z" },
    ...{ steps, watched: of, timeline: timelineOf(samples, of, samples.at(-1)?.at ?? 0) },
  });
}
