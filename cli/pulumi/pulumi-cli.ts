import type { EngineEvent } from "@pulumi/pulumi/automation";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { Interruption, type InterruptionNotes } from "./interruption";
import { runEnvironment } from "./partial-run";
import type { RunLog } from "./run-log";

/** The result of a Pulumi command. */
export interface PulumiAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a run of Pulumi with events ended. */
export interface PulumiRun {
  /** 0 when it succeeded. */
  readonly code: number;
  /** The user interrupted it. */
  readonly interrupted: boolean;
  /** Output of Pulumi other than events, e.g. an error before the run started. */
  readonly messages: readonly string[];
}

/** What receives the events and messages of a run. */
export interface RunListener {
  event(event: EngineEvent): void;
  readonly log: RunLog;
  readonly interruption: InterruptionNotes;
}

/** The Pulumi CLI with the project's environment. */
export class PulumiCli {
  /**
   * @param env environment with `pulumi` on its PATH, the backend and the passphrase
   * @param project the project's root
   */
  constructor(
    readonly env: NodeJS.ProcessEnv,
    readonly project: string,
  ) {}

  /**
   * Runs a short Pulumi command and returns its output.
   *
   * @throws Failure when Pulumi is missing or does not answer within the deadline
   */
  ask(
    args: readonly string[],
    options: { cwd?: string; stdin?: string; deadlineSeconds?: number } = {},
  ): Promise<PulumiAnswer> {
    const seconds = options.deadlineSeconds ?? 60;
    return new Promise((resolve, reject) => {
      const child = spawn("pulumi", ["--non-interactive", ...args], {
        cwd: options.cwd ?? this.project,
        env: this.env,
        stdio: ["pipe", "pipe", "pipe"],
      });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
      const timer = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new Failure(`\`pulumi ${args.join(" ")}\` timed out after ${seconds} s.`));
      }, seconds * 1000);
      child.once("error", (error) => {
        clearTimeout(timer);
        reject(missingPulumi(error));
      });
      child.once("close", (code) => {
        clearTimeout(timer);
        resolve({ code: code ?? 1, stdout, stderr });
      });
      child.stdin.on("error", () => undefined);
      child.stdin.end(options.stdin ?? "");
    });
  }

  /**
   * Runs `up`, `destroy` or `refresh` with events. Ctrl-C goes to Pulumi, see
   * {@link Interruption}.
   *
   * @throws Failure when Pulumi is missing
   */
  async run(args: readonly string[], listener: RunListener): Promise<PulumiRun> {
    listener.log.write(`command pulumi ${args.join(" ")}`);
    const child = spawn("pulumi", ["--non-interactive", ...args], {
      cwd: this.project,
      // Ctrl-C reaches Pulumi through this process; a process group of its own also lets us kill
      // all of it.
      detached: process.platform !== "win32",
      env: runEnvironment(this.env, args),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const messages: string[] = [];
    const say = (line: string): void => {
      listener.log.write(`pulumi  ${line}`);
      if (line.trim() !== "") messages.push(line);
    };
    createInterface({ input: child.stdout }).on("line", (line) => {
      const event = parseEvent(line);
      if (event === undefined) return say(line);
      listener.log.event(event);
      listener.event(event);
    });
    createInterface({ input: child.stderr }).on("line", say);
    const interruption = new Interruption(child, listener.interruption);
    try {
      const code = await new Promise<number>((resolve, reject) => {
        child.once("error", (error) => reject(missingPulumi(error)));
        child.once("close", (exit) => resolve(exit ?? 1));
      });
      listener.log.write(`ended   with exit code ${code}`);
      return { code, interrupted: interruption.requested, messages };
    } finally {
      interruption.finish();
    }
  }
}

function parseEvent(line: string): EngineEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    return undefined;
  }
}

function missingPulumi(error: Error): Error {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") return error;
  return new Failure(
    "The Pulumi CLI (`pulumi`) is missing on this computer.\n`npm start` fetches or builds it; `npm run doctor` says what else is missing.",
    exitCodes.prerequisite,
  );
}
