import { type Output, RunError, type StackReference } from "@pulumi/pulumi";
import { hiveOutputs, type HiveOutputs, type ServiceOutput } from "./schema";
import { outputsVersion } from "./version";

/**
 * A stack whose outputs this package cannot read. Its message says why and what to do; Pulumi
 * prints it without a stack trace.
 */
export class HiveOutputsError extends RunError {
  constructor(message: string) {
    super(message);
    // Pulumi formats the trace all the same, and Node 20 takes half a minute for one with a source
    // line of Pulumi's own SDK: util.inspect with colors never ends a scoped package's path that
    // has no folder below it, until the text is too long for a string.
    this.stack = `HiveOutputsError: ${message}`;
  }
}

/**
 * The outputs of a hive stack, checked.
 *
 * @param reference - `new pulumi.StackReference("<organization>/hive/<stage>")`.
 * @returns fails the run with a {@link HiveOutputsError} when the stack is not up, when an output
 *   is missing or has another form, or when the stack has a newer major version
 */
export function readHive(reference: Pick<StackReference, "name" | "outputs">): Output<HiveOutputs> {
  return reference.outputs.apply((values) =>
    reference.name.apply((name) => checkOutputs(name, values as Record<string, unknown>)),
  );
}

/**
 * Checks the outputs of a stack, such as those that `pulumi stack output --json` prints.
 *
 * @param stack - its name, for messages.
 * @throws HiveOutputsError as {@link readHive}
 */
export function checkOutputs(
  stack: string,
  values: Readonly<Record<string, unknown>>,
): HiveOutputs {
  if (Object.keys(values).length === 0)
    throw new HiveOutputsError(
      `The stack ${stack} has no outputs: it is not up. Check its name, or bring it up with \`npx hive up\` in its project.`,
    );
  const written = values["outputsVersion"];
  if (typeof written === "string" && majorOf(written) > majorOf(outputsVersion))
    throw new HiveOutputsError(
      `The stack ${stack} has outputs of version ${written}; this @hive/outputs reads ${majorOf(outputsVersion)}.x. ` +
        `Install @hive/outputs@${majorOf(written)} and look at what changed.`,
    );
  const checked = hiveOutputs.safeParse(values);
  if (checked.success) return checked.data;
  throw new HiveOutputsError(
    [
      `The outputs of the stack ${stack} are not those of a hive (version ${outputsVersion}):`,
      ...checked.error.issues.map(({ path, message }) => faultLine(values, path, message)),
      "Check the stack's name. A stack that an older hive brought up has them after `npx hive up` with a newer one.",
    ].join("\n"),
  );
}

/**
 * A service by its name.
 *
 * @throws HiveOutputsError that names the services which the site has
 */
export function serviceOf({ services, site }: HiveOutputs, name: string): ServiceOutput {
  const found = Object.hasOwn(services, name) ? services[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(services).sort();
  throw new HiveOutputsError(
    `The site ${site} runs no service "${name}". It runs: ${names.length === 0 ? "none" : names.join(", ")}.`,
  );
}

function faultLine(
  values: Readonly<Record<string, unknown>>,
  path: readonly PropertyKey[],
  message: string,
): string {
  const [first] = path;
  const missing = path.length === 1 && values[String(first)] === undefined;
  return missing ? `  ${String(first)}: missing` : `  ${path.map(String).join(".")}: ${message}`;
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
