import { type Command, InvalidArgumentError } from "commander";
import type * as completionCommand from "../commands/completion";
import type { Finish } from "./options";
import { wrapped } from "./wrapped";

/** Declares `hive completion`. */
export function addCompletion(program: Command, finish: Finish): void {
  program
    .command("completion")
    .summary("print a script that completes commands in a shell")
    .argument("<shell>", "bash or zsh", (shell) => {
      if (shell === "bash" || shell === "zsh") return shell;
      throw new InvalidArgumentError("The shell must be bash or zsh.");
    })
    .addHelpText(
      "after",
      wrapped(
        '\nExamples:\n  eval "$(npx hive completion bash)"\n  npx hive completion zsh > ~/.zfunc/_hive',
      ),
    )
    .action(async (shell: "bash" | "zsh") => {
      const { completion } = require("../commands/completion") as typeof completionCommand;
      await finish(completion(shell, program));
    });
}
