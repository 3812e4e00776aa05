import type * as pulumi from "@pulumi/pulumi";

/**
 * A failed check of an input. Pulumi prints the value of the property that a failure names, even a
 * config of 600 KB or an input that nobody has marked as secret. So the failure names no property,
 * and its reason begins with the input instead. The reason quotes as much of the value as a reader
 * needs.
 *
 * @param input name of the input, or a path inside it such as `steps[0]`
 */
export function checkFailure(input: string, reason: string): pulumi.dynamic.CheckFailure {
  return { property: "", reason: `${input}: ${reason}` };
}
