import { type Argument, Command, CommanderError, Help } from "commander";
import type * as hiveVersion from "../version";
import { addAudit } from "./audit";
import { addCompletion } from "./completion";
import { addCp } from "./cp";
import { addDeploy } from "./deploy";
import { addDestroy } from "./destroy";
import { addDoctor } from "./doctor";
import { addDrain, addUndrain } from "./drain";
import { addExec } from "./exec";
import { addLogs } from "./logs";
import { addNew } from "./new";
import type { Finish } from "./options";
import { addOutputs } from "./outputs";
import { addPlan } from "./plan";
import { addPreview } from "./preview";
import { addPromote } from "./promote";
import { addPulumi } from "./pulumi";
import { addRehearse } from "./rehearse";
import { addReplace } from "./replace";
import { addRollback } from "./rollback";
import { addRun } from "./run";
import { addShell } from "./shell";
import { addSsh } from "./ssh";
import { addStart } from "./start";
import { addStatus } from "./status";
import { addStop } from "./stop";
import { addUnpin } from "./unpin";
import { addUp } from "./up";
import { addUpdate } from "./update";
import { helpColumns, wrapped } from "./wrapped";

/** Prints the version. @returns what ends the command line, as Commander itself ends it */
function showVersion(): CommanderError {
  const { versionText } = require("../version") as typeof hiveVersion;
  process.stdout.write(`${versionText()}\n`);
  return new CommanderError(0, "commander.version", "");
}

/** An argument as usage lines show it: `<service>`, `[command...]`. */
function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** The commands. The code of a command is loaded when it runs, so that help is instant. */
export function commandLine(finish: Finish): Command {
  const program = new Command("hive")
    .description("Builds and operates a highly available container site on one of its stages.")
    .option("-V, --version", "show the version of hive")
    .on("option:version", () => {
      throw showVersion();
    })
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "explain a command")
    .configureOutput({
      getOutHelpWidth: () => helpColumns(process.stdout, process.env),
      getErrHelpWidth: () => helpColumns(process.stderr, process.env),
    })
    .configureHelp({
      // That a switch is off unless it is given needs no "(default: false)".
      optionDescription: (option) =>
        option.defaultValue === false
          ? option.description
          : Help.prototype.optionDescription(option),
      // Without "[options]", which all have, the list fits 80 columns.
      subcommandTerm: (command) =>
        [command.name(), ...command.registeredArguments.map(argumentTerm)].join(" "),
    })
    .enablePositionalOptions()
    .showHelpAfterError("Try --help.")
    .addHelpText(
      "after",
      wrapped(`
Every command works on the private stage unless --stack names another one. It works in any folder of the project, with and
without a terminal. Commands that change something ask first, unless --yes is given. Commands that show something take
--json.

Examples:
  npm start                             prepare this computer, then \`hive up\`
  npx hive up                           the same, without the preparation
  npx hive preview                      what would \`npx hive up\` change?
  npx hive new service guestbook        write a new service into site/
  npx hive status                       is all well?
  npx hive update                       get security updates
  npx hive audit                        is it still as safe as it was built?
  npx hive deploy portal                build and roll out one service alone
  npx hive logs portal --follow         the output of all its tasks
  npx hive exec ldap -- ldap-backup     run a command in a service's container
  npx hive ssh hive0 -- docker node ls  run a command on a server
  npx hive plan --stack production      what would be built; changes nothing

Exit codes: 0 done · 1 failed · 2 wrong arguments or configuration · 3 something is missing on this computer · 4 another
run holds the stage · 5 the run is done, but the site is not whole · 130 interrupted. \`hive ssh\`, \`hive exec\` and \`hive shell\` pass on the code of the remote command.`),
    )
    .exitOverride();

  addUp(program, finish);
  addUpdate(program, finish);
  addDeploy(program, finish);
  addRollback(program, finish);
  addUnpin(program, finish);
  addPromote(program, finish);
  addNew(program, finish);
  addPlan(program, finish);
  addPreview(program, finish);
  addRehearse(program, finish);
  addStatus(program, finish);
  addAudit(program, finish);
  addLogs(program, finish);
  addRun(program, finish);
  addExec(program, finish);
  addShell(program, finish);
  addCp(program, finish);
  addSsh(program, finish);
  addDrain(program, finish);
  addUndrain(program, finish);
  addReplace(program, finish);
  addStop(program, finish);
  addStart(program, finish);
  addOutputs(program, finish);
  addPulumi(program, finish);
  addDestroy(program, finish);
  addDoctor(program, finish);
  addCompletion(program, finish);
  return program;
}
