import { leaderOf } from "../service/colocation";
import { eligibleHosts, isKnownWhenPlanned } from "../service/placement-constraints";
import type { HostPlan } from "../plan";
import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { bytesOf, sizeText } from "../values/size";
import { stageFile } from "../stage/check-stage";
import { eligibleText, type PlannedService, type RuleInput } from "./rule";

type Key = "cpus" | "memory";

/**
 * The reservation of a service and its followers, in bytes or billionths of a processor: fractions
 * would not add up exactly.
 */
interface Load {
  readonly leader: PlannedService;
  /** Names with amounts, the leader's first; services without a reservation are omitted. */
  readonly parts: readonly { readonly name: string; readonly amount: number }[];
  /** Sum for one task of each of them, on one server. */
  readonly amount: number;
  /** Global: one task on each of the servers. */
  readonly tasks: number;
  readonly isGlobal: boolean;
  /** Servers that the constraints allow. */
  readonly eligible: readonly HostPlan[];
}

/**
 * All reservations fit on the servers, if the stage gives their size: the tasks of each service,
 * and those of all services on each group of servers to which constraints bind them. Only permanent
 * tasks count: jobs end.
 */
export function reservationProblems(input: RuleInput): readonly Problem[] {
  const { cpus, memory } = input.config.hostSize ?? {};
  return [
    ...roomProblems(input, "cpus", cpus === undefined ? undefined : inBillionths(cpus)),
    ...roomProblems(input, "memory", bytesOf(memory)),
  ];
}

function roomProblems(input: RuleInput, key: Key, size: number | undefined): readonly Problem[] {
  if (size === undefined) return [];
  const loads = loadsOf(input, key, size);
  const judged = loads.map((load) => ({
    load,
    problems: taskProblems(load, loads, input, key, size),
  }));
  const fitting = judged.flatMap(({ load, problems }) => (problems.length === 0 ? [load] : []));
  return [
    ...judged.flatMap(({ problems }) => problems),
    ...serverProblems(fitting, input, key, size),
  ];
}

/**
 * Omits problems that are reported elsewhere: single tasks that are too large, services that no
 * server may run, followers of several tasks.
 */
function loadsOf({ services, hosts }: RuleInput, key: Key, size: number): readonly Load[] {
  const leads = new Map(
    services.map((service) => [service.name, leaderOf(service.plan.placement.constraints)]),
  );
  return services.flatMap((leader): readonly Load[] => {
    const { mode, placement } = leader.plan;
    const isFollower = leads.has(leads.get(leader.name) ?? "");
    // A global service with a constraint on unknown facts of the servers may run nowhere at all.
    const isUnknown =
      mode.kind === "global" &&
      !placement.constraints.every((text) => isKnownWhenPlanned(text, hosts));
    if (isFollower || isUnknown || mode.kind === "job") return [];
    const parts = [leader, ...services.filter(({ name }) => leads.get(name) === leader.name)]
      .map(({ name, plan }) => ({ name, amount: amountOf(plan.resources.reservations, key) }))
      .filter(({ amount }) => amount > 0);
    const eligible = eligibleHosts(placement.constraints, hosts);
    const tasks = mode.kind === "global" ? eligible.length : mode.replicas;
    if (parts.length === 0 || tasks === 0 || eligible.length === 0) return [];
    if (parts.length > 1 && tasks > 1) return [];
    if (parts.some(({ amount }) => amount > size)) return [];
    const amount = sum(parts.map((part) => part.amount));
    return [{ leader, parts, amount, tasks, isGlobal: mode.kind === "global", eligible }];
  });
}

/**
 * The problem of a replicated service whose tasks do not fit beside the tasks of global services.
 */
function taskProblems(
  { leader, parts, amount, tasks, isGlobal, eligible }: Load,
  loads: readonly Load[],
  { stage, config, services }: RuleInput,
  key: Key,
  size: number,
): readonly Problem[] {
  if (isGlobal) return [];
  const globals = loads.filter(
    (load) => load.isGlobal && load.eligible.some((host) => eligible.includes(host)),
  );
  const places = eligible.map((host) => {
    const taken = sum(
      globals.filter((load) => load.eligible.includes(host)).map((load) => load.amount),
    );
    // Global services that leave no room at all have a problem of their own.
    return Math.floor((taken > size ? size : size - taken) / amount);
  });
  const room = sum(places);
  if (tasks <= room) return [];
  const first = services.find(({ name }) => name === parts[0]?.name) ?? leader;
  const need =
    parts.length === 1
      ? `${tasks} ${tasks === 1 ? "task" : "tasks"} of ${first.name} with ${textOf(key, amount)} each`
      : `${listOf(key, parts)} on one server, since they run together`;
  const others = globals.flatMap((load) => load.parts);
  const beside = others.length === 0 ? "" : `, beside the global services: ${listOf(key, others)}`;
  return [
    {
      path: servicePath(first.name, ["resources", "reservations", key]),
      value: String(first.service.resources?.reservations?.[key]),
      message:
        `${need}: there is room for ${room} on the ${eligibleText(eligible, config.clusterHosts)}, with ` +
        `${textOf(key, size)} each (${stageFile(stage)}: hive:hostSize.${key})${beside}`,
      remedy:
        (room === 0 ? "" : `write at most ${room} ${room === 1 ? "replica" : "replicas"}, `) +
        "reserve less, or take larger servers and change hive:hostSize",
    },
  ];
}

/** Servers with larger reservations than resources, by tasks that may run nowhere else. */
function serverProblems(
  loads: readonly Load[],
  { stage, hosts }: RuleInput,
  key: Key,
  size: number,
): readonly Problem[] {
  const cluster = hosts.filter(({ role }) => role === "cluster");
  const sets = [
    ...cluster.map((host) => [host]),
    ...loads.map(({ eligible }) => eligible),
    cluster,
  ];
  const told: {
    readonly set: readonly HostPlan[];
    readonly list: string;
    readonly total: number;
  }[] = [];
  for (const set of sets.sort((left, right) => left.length - right.length)) {
    if (told.some((other) => other.set.every((host) => set.includes(host)))) continue;
    const bound = loads.flatMap(({ parts, tasks, isGlobal, eligible }) => {
      const here = eligible.filter((host) => set.includes(host)).length;
      const count = isGlobal ? here : here === eligible.length ? tasks : 0;
      return parts.map((part) => ({ ...part, count })).filter((part) => part.count > 0);
    });
    const total = sum(bound.map(({ amount, count }) => amount * count));
    if (total > size * set.length) told.push({ set, list: listOf(key, bound), total });
  }
  // Servers with the same excess are one problem.
  return [...new Set(told.map(({ list }) => list))].flatMap((list) => {
    const same = told.filter((each) => each.list === list);
    const [{ set, total } = { set: [], total: 0 }] = same;
    const names = [...new Set(same.flatMap((each) => each.set))].map(({ name }) => name);
    const where =
      names.length === cluster.length ? `the ${names.length} cluster servers` : names.join(", ");
    const placed =
      names.length === 1 ? where : same.length > 1 ? `each of ${where}` : `${where} together`;
    return [
      {
        path: `${stageFile(stage)}: hive:hostSize.${key}`,
        value: textOf(key, size),
        message:
          `${list} are reserved on ${placed}: the sum of ${textOf(key, total)} is more than ` +
          `${textOf(key, size * set.length)}: some tasks would never start`,
        remedy: "reserve less, run fewer tasks, or take larger servers and change hive:hostSize",
      },
    ];
  });
}

function listOf(
  key: Key,
  parts: readonly { readonly name: string; readonly amount: number; readonly count?: number }[],
): string {
  return parts
    .map(
      ({ name, amount, count = 1 }) =>
        `${name} ${count === 1 ? "" : `${count} × `}${textOf(key, amount)}`,
    )
    .join(", ");
}

function amountOf(
  { cpus = 0, memoryBytes = 0 }: PlannedService["plan"]["resources"]["reservations"],
  key: Key,
): number {
  return key === "memory" ? memoryBytes : inBillionths(cpus);
}

function inBillionths(cpus: number): number {
  return Math.round(cpus * 1e9);
}

function textOf(key: Key, amount: number): string {
  return key === "memory" ? sizeText(amount) : `${amount / 1e9} ${amount === 1e9 ? "cpu" : "cpus"}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
