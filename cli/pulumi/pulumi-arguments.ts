import { stageNames } from "../../model/values/names";

/** Commands that read the stack's configuration file, and may write the salt into it. */
const readsConfig = new Set([
  "up",
  "update",
  "preview",
  "pre",
  "refresh",
  "destroy",
  "config",
  "import",
  "watch",
]);

/** Commands without a stack. */
const withoutStack = new Set([
  "version",
  "whoami",
  "login",
  "logout",
  "plugin",
  "about",
  "help",
  "new",
  "gen-completion",
  "schema",
]);

/** Options of all commands that take a value in a word of its own. */
const takesValue = /^(--stack|-s|--cwd|-C|--color|--config-file|--verbose|-v)$/;

/** Index of the command in a command line of Pulumi; -1 when it has none. */
export function commandAt(args: readonly string[]): number {
  return args.findIndex(
    (argument, at) => !argument.startsWith("-") && !takesValue.test(args[at - 1] ?? ""),
  );
}

/**
 * The stage that a command line for Pulumi names with `--stack`; then its configuration is used.
 * Undefined when it names none, or a stack that is not a stage.
 *
 * @param args as after `pulumi`
 */
export function stageOfArguments(args: readonly string[]): string | undefined {
  const at = args.findIndex((argument) => /^(--stack|-s)(=|$)/.test(argument));
  if (at < 0) return undefined;
  const name = /=(.*)$/.exec(args[at] ?? "")?.[1] ?? args[at + 1];
  // A backend of a team has stacks as organization/project/stack.
  const stage = name?.split("/").at(-1);
  return stageNames.find((known) => known === stage);
}

/**
 * A command line for Pulumi, completed with the stage: `--stack` if the command takes one, and the
 * configuration file if it reads it. Options of the caller win.
 *
 * @param args as after `pulumi`
 */
export function pulumiArguments(
  args: readonly string[],
  stage: { readonly name: string; readonly configFile: string },
): string[] {
  const command = args[commandAt(args)];
  if (command === undefined || withoutStack.has(command)) return [...args];
  const has = (...flags: string[]): boolean =>
    args.some((argument) =>
      flags.some((flag) => argument === flag || argument.startsWith(`${flag}=`)),
    );
  // `stack init NAME`, `stack select NAME` and `stack rm NAME` name their stack; `stack ls` has
  // none.
  const namesItself =
    command === "stack" && /^(init|select|rm|ls|new)$/.test(args[args.indexOf("stack") + 1] ?? "");
  return [
    ...args,
    ...(namesItself || has("--stack", "-s") ? [] : ["--stack", stage.name]),
    ...(readsConfig.has(command) && !has("--config-file")
      ? ["--config-file", stage.configFile]
      : []),
  ];
}
