import type { Problem } from "../problem/problems";
import {
  requiresValue,
  eligibleHosts,
  isKnownWhenPlanned,
  knownLabels,
  labelOf,
  meetsConstraints,
  plannedNode,
} from "../service/placement-constraints";
import { isColocationLabel } from "../service/colocation";
import type { HostPlan, StageName } from "../plan";
import { servicePath } from "../schema/check-site";
import { bytesOf } from "../values/size";
import { stageFile } from "../stage/check-stage";
import { suggestion } from "../problem/suggestion";
import { eligibleText, forEachService, type PlannedService, type RuleInput } from "./rule";

/** The tasks of a service fit under its own limits. */
export const placementProblems = forEachService(({ name, service, plan }, { config, hosts }) => {
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
  const eligible = eligibleHosts(plan.placement.constraints, hosts);
  const room = most * eligible.length;
  if (room > 0 && plan.mode.kind === "replicated" && plan.mode.replicas > room) {
    problems.push({
      path: servicePath(name, ["placement", "maxReplicasPerHost"]),
      value: String(most),
      message: `leaves room for ${room} task${room === 1 ? "" : "s"} on the ${eligibleText(eligible, config.clusterHosts)}, but ${plan.mode.replicas} are wanted`,
      remedy: `write at least ${Math.ceil(plan.mode.replicas / eligible.length)}, or fewer replicas`,
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
      message: `is more than the task's limit of ${service.resources?.limits?.[key]}`,
      remedy: "write at most the limit",
    });
  }
  return problems;
});

/**
 * Some server meets the constraints on facts that are known in advance, each alone and all
 * together: else no task ever starts.
 */
export const constraintProblems = forEachService(({ name, service }, { hosts, stage }) => {
  const nodes = hosts.filter(({ role }) => role === "cluster").map(plannedNode);
  if (nodes.length === 0) return [];
  const constraints = service.placement?.constraints ?? [];
  const unmet = constraints.flatMap((text, index): readonly Problem[] => {
    const path = servicePath(name, ["placement", "constraints", index]);
    if (asksForMissingLabel(text, hosts)) return [missingLabel(path, text, hosts, stage)];
    if (!isKnownWhenPlanned(text, hosts) || nodes.some((node) => meetsConstraints(node, [text])))
      return [];
    const values = nodes.flatMap(({ Description, Spec }) => [
      Description.Hostname,
      ...Object.values(Spec.Labels ?? {}),
    ]);
    const wanted = valueOf(text);
    const meant =
      suggestion(wanted, values) ?? values.find((each) => each.split(".")[0]?.endsWith(wanted));
    return [
      {
        path,
        value: `"${text}"`,
        message: "is met by no cluster server of this stage: no task would ever start",
        remedy:
          meant === undefined
            ? `write a value that a server has: ${[...new Set(values)].join(", ")}`
            : `did you mean ${meant}?`,
      },
    ];
  });
  return unmet.length > 0 ? unmet : excludingConstraints(name, constraints, hosts);
});

/**
 * Whether a constraint wants a label that no server of the stage has. Labels of services that run
 * together belong to the agent.
 */
function asksForMissingLabel(text: string, hosts: readonly HostPlan[]): boolean {
  const label = labelOf(text);
  if (label === undefined || isColocationLabel(label)) return false;
  return requiresValue(text) && !knownLabels(hosts).includes(label);
}

function missingLabel(
  path: string,
  text: string,
  hosts: readonly HostPlan[],
  stage: StageName,
): Problem {
  const label = labelOf(text) ?? "";
  const meant = suggestion(label, knownLabels(hosts));
  const [first] = hosts;
  const addition = `give it to a server in ${stageFile(stage)}, e.g. hive:labels: { ${first?.logicalName ?? "hive0"}: { ${label}: ${valueOf(text)} } }`;
  return {
    path,
    value: `"${text}"`,
    message: `no cluster server of this stage has the label ${label}: no task would ever start`,
    remedy: meant === undefined ? addition : `did you mean node.labels.${meant}? Else ${addition}`,
  };
}

function valueOf(text: string): string {
  return text.split(/[=!]=/)[1]?.trim() ?? "";
}

/** The problem of constraints that some server meets one by one, but none meets all together. */
function excludingConstraints(
  name: string,
  constraints: readonly string[],
  hosts: readonly HostPlan[],
): readonly Problem[] {
  if (eligibleHosts(constraints, hosts).length > 0) return [];
  const known = constraints
    .filter((text) => isKnownWhenPlanned(text, hosts))
    .map((text) => {
      const servers = eligibleHosts([text], hosts).map((host) => host.name);
      return `${text} is met by ${servers.join(", ")}`;
    });
  return [
    {
      path: servicePath(name, ["placement", "constraints"]),
      value: JSON.stringify(constraints),
      message: "no cluster server of this stage meets all of these: no task would ever start",
      remedy: ["remove one of those that exclude each other", ...known].join("; "),
    },
  ];
}

/**
 * The resources of a task are not more than a server has, if the stage gives the size of servers.
 */
export const hostSizeProblems = forEachService((planned, input): readonly Problem[] => {
  const { cpus, memory } = input.config.hostSize ?? {};
  const { limits, reservations } = planned.plan.resources;
  const memoryHere = { amount: bytesOf(memory), text: `${memory}` };
  const cpusHere = { amount: cpus, text: `${cpus}` };
  return [
    ...tooMuch(planned, input, ["reservations", "cpus"], reservations.cpus, cpusHere),
    ...tooMuch(planned, input, ["reservations", "memory"], reservations.memoryBytes, memoryHere),
    // A memory limit may exceed the server's memory; the Docker Engine refuses more processors than
    // the server has (moby, `verifyPlatformContainerResources`).
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
      message: `is more than a server has (${text}, ${stageFile(stage)}: hive:hostSize.${key}): ${part === "limits" ? "the Docker Engine refuses each task" : "no task would ever start"}`,
      remedy: `write at most ${text}, or take larger servers and change hive:hostSize`,
    },
  ];
}
