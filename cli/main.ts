import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type * as phaseNames from "../model/phases";
import type { Phase } from "../model/phases";
import type * as completionCommand from "./commands/completion";
import type * as destroyCommand from "./commands/destroy";
import type * as doctorCommand from "./commands/doctor";
import type * as outputsCommand from "./commands/outputs";
import type * as planCommand from "./commands/plan";
import type * as pulumiCommand from "./commands/pulumi";
import type * as sshCommand from "./commands/ssh";
import type * as statusCommand from "./commands/status";
import type * as upCommand from "./commands/up";
import { exitCodes } from "./exit-codes";
import { reportFailure } from "./failure";

/** Runs the command line and ends the process with its exit code. @param argv as Node gives it */
export function main(argv: readonly string[]): void {
  // A reader that has seen enough (`hive up | head`) must not end a run in its middle.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  void run(argv).then((code) => {
    process.exitCode = code;
  });
}

/** Runs the command line. @returns the exit code */
export async function run(argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.ok;
  const finish = async (result: number | Promise<number>): Promise<void> => {
    code = await result;
  };
  try {
    await commandLine(finish).parseAsync([...argv]);
    return code;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.ok : exitCodes.input;
    const { text, exitCode } = reportFailure(error);
    if (text !== "") process.stderr.write(`${text}\n`);
    return exitCode;
  }
}

type Finish = (result: number | Promise<number>) => Promise<void>;

/** The commands. What a command does is loaded when it runs, so that help is instant. */
export function commandLine(finish: Finish): Command {
  const program = new Command("hive")
    .description("Builds and operates a highly available container site on one of its stages.")
    .helpOption("-h, --help", "explain a command")
    .helpCommand("help [command]", "explain a command")
    .enablePositionalOptions()
    .showHelpAfterError("Try --help.")
    .addHelpText(
      "after",
      `
Every command works on the private stage unless --stack names another one, from any folder of the project, with and
without a terminal. What changes something asks first, unless --yes is given; what shows something takes --json.

Examples:
  npm start                                  set up this computer and bring the private stage up
  npx hive up                                the same without looking for what this computer lacks
  npx hive status                            is all well?
  npx hive ssh hive0 -- docker node ls       run a command on a server
  npx hive plan --stack production           what would be built, without touching anything

Exit codes: 0 done · 1 failed · 2 what you wrote cannot be used · 3 this computer lacks something · 4 another run holds
the stage · 130 interrupted. \`hive ssh\` passes on the code of the remote command.`,
    )
    .exitOverride();

  addUp(program, finish);
  addPlan(program, finish);
  addStatus(program, finish);
  addSsh(program, finish);
  addOutputs(program, finish);
  addPulumi(program, finish);
  addDestroy(program, finish);
  addDoctor(program, finish);
  addCompletion(program, finish);
  return program;
}

function addUp(program: Command, finish: Finish): void {
  program
    .command("up")
    .summary("bring a stage up, or make it what the project says now")
    .description(
      "Brings a stage up, or makes it what the project says now. A second run changes nothing. It can be interrupted\n" +
        "(Ctrl-C) and run again at any time: it goes on from where it was.",
    )
    .argument("[engine arguments...]", "after --: passed to `pulumi up`, e.g. -- --parallel 4")
    .addOption(stackOption())
    .addOption(
      new Option(
        "--through-phase <phase>",
        "stop after this phase (default: hive:throughPhase of the stage, else all)",
      ).argParser(phaseOf),
    )
    .option(
      "--refresh",
      "first ask every host and service for its real state, to find what was changed by hand",
      false,
    )
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      `
Servers of the private stage that were removed from this computer's Docker Engine are noticed without --refresh.
The full log of each run is kept in .hive/<stage>/logs/.

Examples:
  npx hive up --yes
  npx hive up --through-phase setup-hosts    servers and Swarm, but no services yet
  npx hive up --refresh                      also mend what was changed behind hive's back
  npx hive up -- --diff                      more of the engine's own options`,
    )
    .action(
      async (
        engineArguments: string[],
        options: { stack: string; throughPhase?: Phase; refresh: boolean; yes: boolean },
      ) => {
        const { up } = require("./commands/up") as typeof upCommand;
        await finish(up({ ...options, engineArguments }));
      },
    );
}

function addPlan(program: Command, finish: Finish): void {
  program
    .command("plan")
    .summary("print what a stage would be, without touching anything")
    .description(
      "Prints servers, addresses, services and placement as decided from Pulumi.<stage>.yaml and site/.\n" +
        "Needs no engine and no stack; lists everything that is wrong in those files at once (exit code 2).",
    )
    .addOption(stackOption())
    .option("--json", "print the plan as JSON", false)
    .addHelpText(
      "after",
      "\nExamples:\n  npx hive plan\n  npx hive plan --stack production --json | jq '.hosts[].name'",
    )
    .action(async (options: { stack: string; json: boolean }) => {
      const { plan } = require("./commands/plan") as typeof planCommand;
      await finish(plan(options));
    });
}

function addStatus(program: Command, finish: Finish): void {
  program
    .command("status")
    .summary("show how servers and services are, and what is wrong")
    .description(
      "Asks all servers at once and prints what they say, on one screen, and what is wrong in plain words.\n" +
        "A server that does not answer within 5 seconds is reported, not waited for.",
    )
    .addOption(stackOption())
    .option("--json", "print the report as JSON", false)
    .addHelpText(
      "after",
      "\nExit code: 0 all is well, 1 something is wrong.\n\nExamples:\n  npx hive status\n  npx hive status --json | jq -r '.problems[]'",
    )
    .action(async (options: { stack: string; json: boolean }) => {
      const { status } = require("./commands/status") as typeof statusCommand;
      await finish(status(options));
    });
}

function addSsh(program: Command, finish: Finish): void {
  program
    .command("ssh")
    .summary("log in to a server, or run a command there")
    .description(
      "Logs in to a server as the admin user, or runs a command there, through this computer's OpenSSH. Only the host\n" +
        "key that the stage was built with is accepted.",
    )
    .argument("<host>", "hive0, p-hive0, p-hive0.hive.example or the server's number: 0")
    .argument(
      "[command...]",
      "after --: one word is a command line for the remote shell; several are a program and its arguments",
    )
    .addOption(stackOption())
    .addHelpText(
      "after",
      `
Exit code: that of the remote command; 255 when there was no connection.

Examples:
  npx hive ssh hive0
  npx hive ssh hive3 -- sudo journalctl -u docker -n 50
  npx hive ssh hive0 -- 'docker ps | wc -l'
  npx hive ssh hive0 -- tar -C /etc -c . > etc.tar`,
    )
    .action(async (host: string, command: string[], options: { stack: string }) => {
      const { ssh } = require("./commands/ssh") as typeof sshCommand;
      await finish(ssh({ ...options, host, command }));
    });
}

function addOutputs(program: Command, finish: Finish): void {
  program
    .command("outputs")
    .summary("print what a stage tells other programs")
    .description(
      "Prints the stack's outputs: servers, services, registry. Nothing in them is secret.",
    )
    .addOption(stackOption())
    .option("--json", "print them as JSON, as `pulumi stack output --json` does", false)
    .addHelpText(
      "after",
      "\nExamples:\n  npx hive outputs\n  npx hive outputs --json | jq -r '.hosts[].publicAddress'",
    )
    .action(async (options: { stack: string; json: boolean }) => {
      const { outputs } = require("./commands/outputs") as typeof outputsCommand;
      await finish(outputs(options));
    });
}

function addPulumi(program: Command, finish: Finish): void {
  program
    .command("pulumi")
    .summary("run the Pulumi engine itself on a stage")
    .description(
      "Runs any command of the engine with the project's environment, on the stage, with the stage's configuration.",
    )
    .argument("<arguments...>", "after --: a command of the engine and its options")
    .addOption(stackOption())
    .addHelpText(
      "after",
      `
Exit code: that of the engine.

Examples:
  npx hive pulumi -- preview --diff
  npx hive pulumi -- refresh --expect-no-changes
  npx hive pulumi -- stack history`,
    )
    .action(async (args: string[], options: { stack: string }) => {
      const { pulumi } = require("./commands/pulumi") as typeof pulumiCommand;
      await finish(pulumi({ ...options, args }));
    });
}

function addDestroy(program: Command, finish: Finish): void {
  program
    .command("destroy")
    .summary("remove all of a stage, with its data")
    .description(
      "Removes all of a stage. On the private stage that is every container, network, volume and file of it; caches\n" +
        "(base images, the toolchain) stay. Works with dead servers, and when parts are gone already.",
    )
    .addOption(stackOption())
    .option(
      "-y, --yes",
      "do not ask (for staging and production the question is the stage's name)",
      false,
    )
    .option(
      "--force",
      "private stage: remove the servers even if the engine cannot destroy what is on them",
      false,
    )
    .addHelpText("after", "\nExamples:\n  npx hive destroy\n  npx hive destroy --yes")
    .action(async (options: { stack: string; yes: boolean; force: boolean }) => {
      const { destroy } = require("./commands/destroy") as typeof destroyCommand;
      await finish(destroy(options));
    });
}

function addDoctor(program: Command, finish: Finish): void {
  program
    .command("doctor")
    .summary("show what this computer has and lacks")
    .description(
      "Looks for everything that hive needs on this computer and says how to get what is missing. Changes nothing.",
    )
    .argument("[arguments...]")
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { doctor } = require("./commands/doctor") as typeof doctorCommand;
      await finish(doctor(args));
    });
}

function addCompletion(program: Command, finish: Finish): void {
  program
    .command("completion")
    .summary("print a script that completes commands in a shell")
    .argument("<shell>", "bash or zsh", (shell) => {
      if (shell === "bash" || shell === "zsh") return shell;
      throw new InvalidArgumentError("The shells are bash and zsh.");
    })
    .addHelpText(
      "after",
      '\nExamples:\n  eval "$(npx hive completion bash)"\n  npx hive completion zsh > ~/.zfunc/_hive',
    )
    .action(async (shell: "bash" | "zsh") => {
      const { completion } = require("./commands/completion") as typeof completionCommand;
      await finish(completion(shell, program));
    });
}

function stackOption(): Option {
  return new Option("-s, --stack <stage>", "the stage: private, staging or production").default(
    "private",
  );
}

/** Loaded on demand, like the commands: help needs no phases. */
function phaseOf(text: string): Phase {
  const { phases } = require("../model/phases") as typeof phaseNames;
  const phase = phases.find((name) => name === text);
  if (phase === undefined) throw new InvalidArgumentError(`The phases are: ${phases.join(", ")}.`);
  return phase;
}
