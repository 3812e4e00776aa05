import type { Command } from "commander";
import { phases } from "../../model/phases";
import { quote } from "../../render/shell";
import { exitCodes } from "../exit-codes";
import { hiveHome } from "../project";
import { processTerminal } from "../terminal";

/** `hive completion`: prints a completion script made from the commands themselves. */
export function completion(shell: "bash" | "zsh", program: Command): number {
  processTerminal().print(completionScript(shell, program, hiveHome()));
  return exitCodes.ok;
}

/**
 * A script that completes commands, their options, stages, phases, and the names of servers and
 * services. It sends no requests: the names come from a file that commands write when they read a
 * stage's outputs (`cli/hosts/known-names.ts`).
 *
 * @param home the folder `.hive` of the project
 */
export function completionScript(shell: "bash" | "zsh", program: Command, home: string): string {
  const commands = program.commands.map((command) => command.name());
  const bash = [
    `_hive_home=${quote(home)}`,
    '_hive_names() { sed -n "s/^$1 //p" "$_hive_home/${2//[^a-z]/}/names" 2>/dev/null; }',
    "_hive() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"',
    '  local i word command="" stack=private options="--help" words=""',
    '  [[ "${COMP_WORDS[0]}" == npx && ( "$COMP_CWORD" -lt 2 || "${COMP_WORDS[1]}" != hive ) ]] && return',
    "  for ((i = 1; i < COMP_CWORD; i++)); do",
    '    word="${COMP_WORDS[i]}"',
    '    case "$word" in',
    "      hive) ;;",
    // The words after it belong to another program.
    "      --) return ;;",
    '      --stack | -s) [[ -n "${COMP_WORDS[i+1]}" ]] && stack="${COMP_WORDS[i+1]}" ;;',
    "      -*) ;;",
    '      *) [[ -z "$command" ]] && command="$word" ;;',
    "    esac",
    "  done",
    '  case "$command" in',
    `    "") words="${commands.join(" ")}" ;;`,
    ...program.commands.map(
      (command) =>
        `    ${command.name()}) options="${optionsOf(command).join(" ")}" words="${wordsOf(command)}" ;;`,
    ),
    "  esac",
    '  case "$previous" in',
    '    --stack | -s) options="" words="private staging production" ;;',
    '    --host) options="" words="$(_hive_names host "$stack")" ;;',
    `    --through-phase) options="" words="${phases.join(" ")}" ;;`,
    "  esac",
    '  [[ "$current" == -* || -z "$words" ]] && words="$options"',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    // The path in the container follows at once.
    '  [[ "$command" == cp && "${COMPREPLY[0]}" == *: ]] && compopt -o nospace 2>/dev/null',
    "  return 0",
    "}",
    "complete -o default -F _hive hive",
    // `npx hive …`, unless something else completes npx already.
    "complete -p npx >/dev/null 2>&1 || complete -o default -F _hive npx",
  ];
  if (shell === "bash") return bash.join("\n");
  return ["#compdef hive", "autoload -U +X bashcompinit && bashcompinit", ...bash].join("\n");
}

function optionsOf(command: Command): readonly string[] {
  const long = command.options.flatMap((option) => (option.long == null ? [] : [option.long]));
  return [...long, "--help"];
}

/** Shell words that expand to the possible arguments of a command. */
function wordsOf(command: Command): string {
  const names = (kind: string): string => `$(_hive_names ${kind} "$stack")`;
  switch (command.registeredArguments[0]?.name()) {
    case "service":
    case "job":
    case "image":
      return names("service");
    case "host":
      return names("host");
    case "source":
      return '$(_hive_names service "$stack" | sed "s/$/:/")';
    case "shell":
      return "bash zsh";
    case "kind":
      return "service job image secret";
    case undefined:
    default:
      return "";
  }
}
