import { leaderOf } from "../service/colocation";
import type { Problem } from "../problem/problems";
import { runsOn, servicePath } from "../schema/check-site";
import { forEachService, type PlannedService, type RuleInput, unknownReference } from "./rule";

/**
 * `placement.with` is possible: the other service runs on the stage and follows none itself, and
 * both have one task. A job may follow, not lead. A chain is refused, so that a site shows at a
 * glance which service decides where a group runs.
 */
export const colocationProblems = forEachService((follower, input) => [
  ...reservedConstraints(follower),
  ...(follower.service.placement?.with === undefined
    ? []
    : followerProblems(follower, follower.service.placement.with, input)),
]);

function followerProblems(
  { name, service, plan }: PlannedService,
  leader: string,
  { site, stage, services }: RuleInput,
): readonly Problem[] {
  const path = servicePath(name, ["placement", "with"]);
  const value = `"${leader}"`;
  if (leader === name) {
    return [{ path, value, message: "is the service itself", remedy: "remove it" }];
  }
  const other = site.services.get(leader);
  if (other === undefined) return unknownReference(site, "services", leader, path);
  if (!runsOn(other, stage)) {
    return [
      {
        path,
        value,
        message: `the stage ${stage} runs ${name}, but not ${leader}`,
        remedy: `add "${stage}" to availableOn of ${leader}, or take it out of availableOn of ${name}`,
      },
    ];
  }
  const problems: Problem[] = [];
  const next = other.placement?.with;
  if (next !== undefined) {
    problems.push({
      path,
      value,
      message: `${leader} itself runs with ${next}, but a single service must decide where a group runs`,
      remedy:
        next === name
          ? `remove placement.with from one of the two`
          : `write with: "${next}" here, or remove placement.with from ${leader}`,
    });
  }
  const own = tasksOf({ name, plan });
  // A job may follow: it has one task, which ends. Nothing follows a job.
  if (own.many && plan.mode.kind !== "job")
    problems.push({ path, value, message: own.words, remedy: oneTask(name) });
  const theirs = services.find((candidate) => candidate.name === leader);
  const lead = theirs === undefined ? undefined : tasksOf(theirs);
  if (lead?.many === true) {
    problems.push({ path, value, message: lead.words, remedy: oneTask(leader) });
  } else if (lead?.none === true && !own.none) {
    problems.push({
      path,
      value,
      message: `${leader} is switched off (0 replicas), so there is no server for ${name} to run on`,
      remedy: `write mode: { replicas: 0 } for ${name} too, or 1 for ${leader}`,
    });
  }
  if ((service.placement?.constraints ?? []).length > 0) {
    problems.push({
      path: servicePath(name, ["placement", "constraints"]),
      value: JSON.stringify(service.placement?.constraints),
      message: `${name} runs wherever ${leader} does, and cannot have conditions of its own`,
      remedy: `move them to placement.constraints of ${leader}, which both then follow`,
    });
  }
  return problems;
}

/** Hand-written constraints must not use the labels that the agent moves. */
function reservedConstraints({ name, service }: PlannedService): readonly Problem[] {
  return (service.placement?.constraints ?? []).flatMap((constraint, index) => {
    if (!/node\.labels\.hive\.with\./i.test(constraint)) return [];
    const leader = leaderOf([constraint]);
    return [
      {
        path: servicePath(name, ["placement", "constraints", index]),
        value: JSON.stringify(constraint),
        message: "the node labels hive.with.… are kept by hive",
        remedy:
          leader === undefined ? "remove it" : `write placement: { with: "${leader}" } instead`,
      },
    ];
  });
}

/** Why a service cannot run together with another one, because of its number of tasks. */
function tasksOf({ name, plan }: Pick<PlannedService, "name" | "plan">): {
  readonly many: boolean;
  readonly none: boolean;
  readonly words: string;
} {
  const { mode } = plan;
  switch (mode.kind) {
    case "global":
      return { many: true, none: false, words: `${name} has a task on every server` };
    case "job":
      return { many: true, none: false, words: `${name} is a job, which ends` };
    case "replicated":
      return {
        many: mode.replicas > 1,
        none: mode.replicas === 0,
        words: `${name} has ${mode.replicas} tasks, which need not be on one server`,
      };
  }
}

function oneTask(name: string): string {
  return `services that run together have one task each: write mode: { replicas: 1 } for ${name}, or remove this`;
}
