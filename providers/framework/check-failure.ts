import type * as pulumi from "@pulumi/pulumi";

/**
 * What is wrong with an input. The engine prints the value of the property that a failure names:
 * the whole of a config of 600 KB, and an input that nobody has marked as secret. So the failure
 * names none, and its reason begins with the input instead. Whatever of the value is needed to
 * understand it stands in the reason.
 *
 * @param input name of the input, or a path inside it such as `steps[0]`
 */
export function checkFailure(input: string, reason: string): pulumi.dynamic.CheckFailure {
  return { property: "", reason: `${input}: ${reason}` };
}
