// @ts-check
/**
 * Running other programs: found on the PATH, logged to a file, with a deadline, and cancelled as a
 * group.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { StepError } from "./step-error.mjs";

/** How many last lines of an output an error shows. */
const tailLines = 12;

/** How long a program that was asked to end may take before it is killed, in milliseconds. */
const killGraceMs = 5000;

/**
 * The first executable of that name on the PATH.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} absolute path
 */
export function findOnPath(name, env) {
  for (const folder of (env.PATH ?? "").split(path.delimiter)) {
    if (folder === "") continue;
    const candidate = path.resolve(folder, name);
    if (isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** @param {string} file @returns {boolean} whether it is a file that may be executed */
export function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * @typedef {object} Captured
 * @property {number} code exit code; 128 + signal number has no meaning here: a killed program is
 *   -1
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a short program and keeps its output.
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} [options.cwd]
 * @param {number} [options.timeoutMs] default: 10 s
 * @returns {Promise<Captured | undefined>} nothing when there is no such program or it did not end
 *   in time
 */
export function capture(command, args, { env, cwd, timeoutMs = 10_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: env ?? process.env,
      cwd: cwd ?? process.cwd(),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", () => resolve(undefined));
    child.on("close", (code, signal) => {
      resolve(signal === "SIGKILL" ? undefined : { code: code ?? -1, stdout, stderr });
    });
  });
}

/**
 * Runs a long program with its output in a log file. It gets a process group of its own, so that a
 * cancelled step leaves no child of a child behind.
 * @param {string} command
 * @param {string[]} args
 * @param {object} options
 * @param {string} options.what the subject of an error message:
 *   `the build of the Pulumi CLI`
 * @param {string} options.log the file to append the output to
 * @param {AbortSignal} options.signal
 * @param {number} options.timeoutMs
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @returns {Promise<void>}
 * @throws {StepError} when it fails, does not end in time, or cannot be started
 */
export async function runLogged(command, args, { what, log, signal, timeoutMs, cwd, env }) {
  fs.mkdirSync(path.dirname(log), { recursive: true });
  const out = fs.openSync(log, "a");
  try {
    fs.writeSync(out, `$ ${[command, ...args].join(" ")}\n`);
    const from = fs.fstatSync(out).size;
    const child = spawn(command, args, {
      cwd: cwd ?? process.cwd(),
      env: env ?? process.env,
      stdio: ["ignore", out, out],
      detached: true,
    });
    await ended(child, { what, log, from, signal, timeoutMs });
  } finally {
    fs.closeSync(out);
  }
}

/**
 * Waits for a child that leads its own process group.
 * @param {import("node:child_process").ChildProcess} child
 * @param {{what: string, log: string, from?: number, signal: AbortSignal, timeoutMs: number}}
 *   options from: where its output begins in the log; default: at the beginning
 * @returns {Promise<void>}
 */
export async function ended(child, { what, log, from = 0, signal, timeoutMs }) {
  /** @type {"cancelled" | "late" | undefined} */
  let why;
  /** @type {NodeJS.Timeout | undefined} */
  let killer;
  const end = (/** @type {"cancelled" | "late"} */ reason) => {
    why ??= reason;
    signalGroup(child.pid, "SIGTERM");
    killer ??= setTimeout(() => signalGroup(child.pid, "SIGKILL"), killGraceMs);
  };
  const cancel = () => end("cancelled");
  const late = setTimeout(() => end("late"), timeoutMs);
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel);
  try {
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exit, killedBy) => resolve(exit ?? killedBy ?? -1));
    });
    if (why === "cancelled") throw new StepError(`${what} was cancelled`);
    if (why === "late") {
      throw failure(`${what} timed out after ${Math.round(timeoutMs / 1000)} s`, log, from);
    }
    if (code !== 0) throw failure(`${what} failed (exit ${code})`, log, from);
  } catch (error) {
    if (error instanceof StepError) throw error;
    throw failure(
      `${what} could not be started: ${error instanceof Error ? error.message : error}`,
      log,
      from,
    );
  } finally {
    clearTimeout(late);
    clearTimeout(killer);
    signal.removeEventListener("abort", cancel);
  }
}

/** @param {string} message @param {string} log @param {number} from @returns {StepError} */
function failure(message, log, from) {
  const tail = lastLines(log, from);
  return new StepError(message, { log, tail, remedy: remedyForOutput(tail.join("\n")) });
}

/**
 * Remedies for failures that any program may have.
 * @param {string} output
 * @returns {string[]}
 */
export function remedyForOutput(output) {
  if (/no space left on device|ENOSPC|disk quota exceeded/i.test(output)) {
    return [
      "The disk is full. Free some space (about 6 GB are needed for a first build), or put the caches elsewhere:",
      "  HIVE_CACHE=/other/disk/hive GOCACHE=/other/disk/go-build GOMODCACHE=/other/disk/go-mod npm start",
      "then run the command again: what is finished is kept.",
    ];
  }
  if (
    /dial tcp|no such host|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|i\/o timeout|Temporary failure/i.test(
      output,
    )
  ) {
    return [
      "A server for packages could not be reached. Check the network, the proxy variables (HTTPS_PROXY), and the",
      "mirrors this computer is set to use (npm config get registry, go env GOPROXY), then run the command again.",
    ];
  }
  if (/signal: killed|cannot allocate memory|ENOMEM/i.test(output)) {
    return [
      "The computer ran out of memory. Close other programs and run the command again: what is finished is kept.",
    ];
  }
  return [];
}

/**
 * @param {string} file
 * @param {number} [from] only what comes after that many bytes; default: 0
 * @returns {string[]} its last lines that are not empty
 */
export function lastLines(file, from = 0) {
  try {
    const size = fs.statSync(file).size;
    const length = Math.max(0, Math.min(size - from, 16_384));
    const buffer = Buffer.alloc(length);
    const handle = fs.openSync(file, "r");
    try {
      fs.readSync(handle, buffer, 0, length, size - length);
    } finally {
      fs.closeSync(handle);
    }
    return buffer
      .toString("utf8")
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== "")
      .slice(-tailLines);
  } catch {
    return [];
  }
}

/** @param {number | undefined} pid @param {NodeJS.Signals} name */
function signalGroup(pid, name) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended.
  }
}
