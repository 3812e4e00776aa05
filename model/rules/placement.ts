import type { Problem } from "../problems";
import { isKnownBefore, meetsConstraints, plannedNode } from "../placement-constraints";
import { servicePath } from "../site-check";
import { bytesOf } from "../size";
import { stageFile } from "../stage";
import { suggestion } from "../suggestion";
import { forEachService, type PlannedService, type RuleInput } from "./rule";

/** The tasks of a service find room under its own limits. */
export const placementProblems = forEachService(({ name, service, plan }, { config }) => {
  const problems: Problem[] = [];
  const most = plan.placement.maxReplicasPerHost;
  if (most > 0 && plan.mode.kind === "global") {
    problems.push({
      path: servicePath(name, ["placement", "maxReplicasPerHost"]),
      value: String(most),
      message: "a global service has one task on each server, no more",
      remedy: "remove it",
    });
  }
  const { clusterHosts } = config;
  if (
    most > 0 &&
    plan.mode.kind === "replicated" &&
    clusterHosts !== undefined &&
    plan.mode.replicas > most * clusterHosts
  ) {
    problems.push({
      path: servicePath(name, ["placement", "maxReplicasPerHost"]),
      value: String(most),
      message: `leaves room for ${most * clusterHosts} tasks on the ${clusterHosts} cluster servers, and ${plan.mode.replicas} are to run`,
      remedy: `write at least ${Math.ceil(plan.mode.replicas / clusterHosts)}, or fewer replicas`,
    });
  }
  const { limits, reservations } = plan.resources;
  for (const [key, limit, reservation] of [
    ["cpus", limits.cpus, reservations.cpus],
    ["memory", limits.memoryBytes, reservations.memoryBytes],
  ] as const) {
    if (limit === undefined || reservation === undefined || reservation <= limit) continue;
    problems.push({
      path: servicePath(name, ["resources", "reservations", key]),
      value: String(service.resources?.reservations?.[key]),
      message: `more is reserved than the limit of ${service.resources?.limits?.[key]} lets a task use`,
      remedy: "write at most the limit",
    });
  }
  return problems;
});

/** Conditions on what is known of the servers beforehand are met by one of them: else no task ever starts. */
export const constraintProblems = forEachService(({ name, service }, { hosts }) => {
  const nodes = hosts.filter(({ role }) => role === "cluster").map(plannedNode);
  if (nodes.length === 0) return [];
  return (service.placement?.constraints ?? []).flatMap((text, index): readonly Problem[] => {
    if (!isKnownBefore(text) || nodes.some((node) => meetsConstraints(node, [text]))) return [];
    const values = nodes.flatMap(({ Description, Spec }) => [
      Description.Hostname,
      ...Object.values(Spec.Labels ?? {}),
    ]);
    const wanted = text.split(/[=!]=/)[1]?.trim() ?? "";
    const meant =
      suggestion(wanted, values) ?? values.find((each) => each.split(".")[0]?.endsWith(wanted));
    return [
      {
        path: servicePath(name, ["placement", "constraints", index]),
        value: `"${text}"`,
        message: "is met by no cluster server of this stage: no task would ever start",
        remedy:
          meant === undefined
            ? `write a value that a server has: ${[...new Set(values)].join(", ")}`
            : `did you mean ${meant}?`,
      },
    ];
  });
});

/** What a service needs of one server is not more than a server has, where the stage says what that is. */
export const hostSizeProblems = forEachService((planned, input): readonly Problem[] => {
  const { cpus, memory } = input.config.hostSize ?? {};
  const { limits, reservations } = planned.plan.resources;
  const memoryHere = { amount: bytesOf(memory), text: `${memory}` };
  const cpusHere = { amount: cpus, text: `${cpus}` };
  return [
    ...tooMuch(planned, input, ["reservations", "cpus"], reservations.cpus, cpusHere),
    ...tooMuch(planned, input, ["reservations", "memory"], reservations.memoryBytes, memoryHere),
    // More memory than there is may be a limit; of processors the engine takes no more than the server has (moby,
    // `verifyPlatformContainerResources`).
    ...tooMuch(planned, input, ["limits", "cpus"], limits.cpus, cpusHere),
  ];
});

function tooMuch(
  { name, service }: PlannedService,
  { stage }: RuleInput,
  [part, key]: readonly ["limits" | "reservations", "cpus" | "memory"],
  wanted: number | undefined,
  { amount, text }: { readonly amount: number | undefined; readonly text: string },
): readonly Problem[] {
  if (wanted === undefined || amount === undefined || wanted <= amount) return [];
  return [
    {
      path: servicePath(name, ["resources", part, key]),
      value: String(service.resources?.[part]?.[key]),
      message: `is more than a server has (${text}, ${stageFile(stage)}: hive:hostSize.${key}): ${part === "limits" ? "the engine refuses each task" : "no task would ever start"}`,
      remedy: `write at most ${text}, or take larger servers and change hive:hostSize`,
    },
  ];
}
