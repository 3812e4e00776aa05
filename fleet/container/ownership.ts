import type { Plan } from "../../model/plan";

/** Whether labels of an object are the stage's own. */
export function isOwn(plan: Plan, labels: Readonly<Record<string, string>>): boolean {
  return labels["hive.site"] === plan.siteName && labels["hive.stage"] === plan.stage;
}

/** A key of the stage's file, in the form for problems. */
export function stageKey(plan: Plan, key: string): string {
  return `Pulumi.${plan.stage}.yaml: hive:${key}`;
}
