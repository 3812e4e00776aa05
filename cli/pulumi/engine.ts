import type { EngineEvent } from "@pulumi/pulumi/automation";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { Interruption, type InterruptionNotes } from "./interruption";
import type { RunLog } from "./run-log";

/** What a finished command of the engine left. */
export interface EngineAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a run of the engine with events ended. */
export interface EngineRun {
  /** 0 when it succeeded. */
  readonly code: number;
  /** The user wanted it to end. */
  readonly interrupted: boolean;
  /** What the engine printed beside events, e.g. an error before the run began. */
  readonly messages: readonly string[];
}

/** What to do with what a run tells. */
export interface EngineListener {
  event(event: EngineEvent): void;
  readonly log: RunLog;
  readonly interruption: InterruptionNotes;
}

/** The Pulumi CLI with the project's environment. */
export class Engine {
  /**
   * @param env environment with `pulumi` on its PATH, the backend and the passphrase
   * @param project the project's root
   */
  constructor(
    readonly env: NodeJS.ProcessEnv,
    readonly project: string,
  ) {}

  /**
   * Runs a short command of the engine and returns what it said.
   *
   * @throws Failure when the engine is missing or does not answer within the deadline
   */
  ask(
    args: readonly string[],
    options: { cwd?: string; stdin?: string; deadlineSeconds?: number } = {},
  ): Promise<EngineAnswer> {
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
        reject(missingEngine(error));
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
   * Runs `up`, `destroy` or `refresh` with events. Ctrl-C goes to the engine, see
   * {@link Interruption}.
   *
   * @throws Failure when the engine is missing
   */
  async run(args: readonly string[], listener: EngineListener): Promise<EngineRun> {
    listener.log.write(`command pulumi ${args.join(" ")}`);
    const child = spawn("pulumi", ["--non-interactive", ...args], {
      cwd: this.project,
      // What must reach the engine from the keyboard goes through us; a group of its own also lets
      // us end all of it.
      detached: process.platform !== "win32",
      env: this.env,
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
        child.once("error", (error) => reject(missingEngine(error)));
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

function missingEngine(error: Error): Error {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") return error;
  return new Failure(
    "The Pulumi CLI (`pulumi`) is missing on this computer.\n`npm start` fetches or builds it; `npm run doctor` says what else is missing.",
    exitCodes.prerequisite,
  );
}
