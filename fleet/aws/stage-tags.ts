import type { Plan } from "../../model/plan";

/** Tags of everything that a stage has in AWS. */
export function stageTags({
  siteName,
  stage,
}: Pick<Plan, "siteName" | "stage">): Readonly<Record<string, string>> {
  return { "hive:site": siteName, "hive:stage": stage };
}
