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

/** Commands that belong to no stack. */
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

/** Where in a command line of the Pulumi engine the command stands, from 0; -1 when it has none. */
export function commandAt(args: readonly string[]): number {
  return args.findIndex(
    (argument, at) => !argument.startsWith("-") && !takesValue.test(args[at - 1] ?? ""),
  );
}

/**
 * The stage that a command line for the Pulumi engine names itself with `--stack`; its
 * configuration is used then. Nothing when it names none, or a stack that is no stage.
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
 * A command line for the Pulumi engine, completed with the stage: `--stack` where the command takes
 * one, and the configuration file where it reads it. What the caller wrote wins.
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
  // `stack init NAME`, `stack select NAME`, `stack rm NAME` and `stack ls` name their stack
  // themselves.
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
