import type * as pulumi from "@pulumi/pulumi";
import type { HiveOutputs } from "../outputs/schema";

/**
 * The outputs of a stack, as the program exports them: one for each name. Their names, types and
 * meanings are those of the package for other teams, `outputs/`.
 */
export type StackOutputs = {
  readonly [Name in keyof HiveOutputs]: pulumi.Output<HiveOutputs[Name]>;
};
