import type { Command } from "commander";
import { exitCodes } from "../exit-codes";
import { processTerminal } from "../terminal";

/** `hive completion`: prints a completion script made from the commands themselves. */
export function completion(shell: "bash" | "zsh", program: Command): number {
  processTerminal().print(completionScript(shell, program));
  return exitCodes.ok;
}

/** A script that completes commands, their long options, stages and hosts' short names. */
export function completionScript(shell: "bash" | "zsh", program: Command): string {
  const names = program.commands.map((command) => command.name());
  const cases = program.commands.map((command) => {
    const options = command.options.flatMap(({ long }) =>
      long === null || long === undefined ? [] : [long],
    );
    return `    ${command.name()}) words="${[...options, "--help"].join(" ")}" ;;`;
  });
  const bash = [
    "_hive() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words="" i command=""',
    '  for ((i = 1; i < COMP_CWORD; i++)); do [[ "${COMP_WORDS[i]}" == hive ]] || { command="${COMP_WORDS[i]}"; break; }; done',
    '  case "$command" in',
    `    "") words="${names.join(" ")} --help" ;;`,
    ...cases,
    "  esac",
    '  [[ "$previous" == --stack || "$previous" == -s ]] && words="private staging production"',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    "}",
    "complete -F _hive hive",
  ];
  if (shell === "bash") return bash.join("\n");
  return ["#compdef hive", "autoload -U +X bashcompinit && bashcompinit", ...bash].join("\n");
}
