/**
 * The environment of a run of Pulumi. It tells the program when the arguments make the run do a
 * part of the plan only: such a run must not be noted as complete, and Pulumi does not say so.
 */
export function runEnvironment(env: NodeJS.ProcessEnv, args: readonly string[]): NodeJS.ProcessEnv {
  const partial = args.some((arg) => /^(-t|--target|--exclude)/.test(arg));
  return partial ? { ...env, HIVE_PARTIAL_RUN: "1" } : env;
}
