import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { mostTasks, type PlannedService, type RuleInput } from "./rule";

/**
 * A replicated volume has one writer at a time: its device is primary on one server, and a second
 * mount of its file system would destroy the data. So only one service mounts it, or several that
 * run together (`placement.with`), and each has a single task; a job is such a service as well.
 */
export function writerProblems({ site, services, config }: RuleInput): readonly Problem[] {
  const replicated = [...site.volumes].flatMap(([name, volume]) =>
    "replicated" in volume ? [name] : [],
  );
  return replicated.flatMap((volume) => {
    const users = services.filter(({ service }) => mountIndex(service, volume) >= 0);
    return [
      ...users.flatMap((user) => manyTasks(user, volume, config.clusterHosts ?? 3)),
      ...users
        .slice(1)
        .filter((user) => groupOf(user) !== groupOf(users[0] as PlannedService))
        .map((user) => secondUser(user, volume, users[0] as PlannedService)),
    ];
  });
}

/** The leader of a service's group. */
function groupOf({ name, service }: PlannedService): string {
  return service.placement?.with ?? name;
}

function mountIndex(service: PlannedService["service"], volume: string): number {
  return service.volumes?.findIndex((mount) => mount.source === volume) ?? -1;
}

function manyTasks(
  { name, service, plan }: PlannedService,
  volume: string,
  clusterHosts: number,
): readonly Problem[] {
  if (plan.mode.kind !== "global" && mostTasks(plan, clusterHosts) <= 1) return [];
  return [
    {
      path: servicePath(name, ["volumes", mountIndex(service, volume)]),
      value: `"${volume}"`,
      message:
        `is replicated and has one writer at a time, but ${name} has ` +
        (plan.mode.kind === "global"
          ? "a task on every server"
          : `${mostTasks(plan, clusterHosts)} tasks`),
      remedy: "write mode: { replicas: 1 }, or use a volume of another kind",
    },
  ];
}

function secondUser(user: PlannedService, volume: string, first: PlannedService): Problem {
  return {
    path: servicePath(user.name, ["volumes", mountIndex(user.service, volume)]),
    value: `"${volume}"`,
    message: `is replicated and has one writer at a time, but the service ${first.name} mounts it too`,
    remedy:
      `give each of them a volume of its own, or let ${user.name} reach the data through ${first.name}; ` +
      `if both need it on one server, write placement: { with: "${first.name}" } for ${user.name}; ` +
      `a step in initialize of ${first.name} can prepare data`,
  };
}
