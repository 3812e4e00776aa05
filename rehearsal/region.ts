import { regionOf } from "../fleet/aws/region";
import type { Plan } from "../model/plan";

/**
 * The region that the emulated cloud of a stage stands for: the one that the stage names, else that
 * of its zones. Undefined when neither is of AWS. Pure.
 */
export function rehearsedRegion({ aws, hosts }: Pick<Plan, "aws" | "hosts">): string | undefined {
  return aws?.region ?? regionOf(hosts.map(({ zone }) => zone));
}
