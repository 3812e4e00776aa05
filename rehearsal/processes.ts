import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { sleep } from "../providers/transport/deadline";
import { RehearsalError } from "./rehearsal-error";

/** How a process that goes on beside this one is started. */
export interface BackgroundProcess {
  /** The folder for its record and log. */
  readonly folder: string;
  /** Names the record and the log. */
  readonly name: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether it goes on when this process ends. */
  readonly lasting: boolean;
}

/** What is written down about a process: a process id alone can be another one's later. */
interface Record {
  readonly pid: number;
  /** When it began, in the kernel's own terms. */
  readonly started: string;
}

/** How often an ended process is looked for, milliseconds. */
const pollMs = 50;

/** How many last lines of a log an error shows. */
const shownLines = 12;

/** The log of a process. */
export function logOf(folder: string, name: string): string {
  return join(folder, `${name}.log`);
}

/**
 * Starts a process in the background, with its output in a log. Where it is not to last, its
 * standard input stays open until this process ends; it must end when that closes.
 */
export function startInBackground(
  command: string,
  args: readonly string[],
  { folder, name, cwd, env, lasting }: BackgroundProcess,
): void {
  const log = openSync(logOf(folder, name), "a", 0o600);
  try {
    const child = spawn(command, [...args], {
      cwd,
      env,
      detached: true,
      stdio: [lasting ? "ignore" : "pipe", log, log],
    });
    // Reported by who waits for it: its record is missing then.
    child.on("error", () => undefined);
    child.unref();
    (child.stdin as Socket | null)?.unref();
    if (child.pid === undefined) return;
    const started = startOf(child.pid);
    if (started === undefined) return;
    const record: Record = { pid: child.pid, started };
    writeFileSync(recordOf(folder, name), JSON.stringify(record));
  } finally {
    closeSync(log);
  }
}

/** Whether the process that was last started under this name still runs. */
export function isRunning(folder: string, name: string): boolean {
  return readRecord(folder, name) !== undefined;
}

/**
 * Ends a process and waits for its end; kills it when it takes longer. Does nothing when it does
 * not run.
 *
 * @param seconds how long it may take
 */
export async function endProcess(folder: string, name: string, seconds: number): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const record = readRecord(folder, name);
    if (record === undefined) break;
    process.kill(record.pid, signal);
    const end = Date.now() + seconds * 1000;
    while (isRunning(folder, name) && Date.now() < end) await sleep(pollMs);
  }
  rmSync(recordOf(folder, name), { force: true });
}

/**
 * Waits until a started process is ready.
 *
 * @param seconds how long that may take
 * @throws RehearsalError with the last lines of its log when it ends before, or takes longer
 */
export async function untilReady(
  folder: string,
  name: string,
  seconds: number,
  isReady: () => boolean,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!isReady()) {
    const hasEnded = !isRunning(folder, name);
    if (!hasEnded && Date.now() < end) {
      await sleep(pollMs);
      continue;
    }
    const what = hasEnded ? "has ended" : `is not ready after ${seconds} s`;
    const log = logOf(folder, name);
    throw new RehearsalError(
      `The rehearsal's ${name} ${what}. Its log, ${log}, ends with:\n${lastLines(log)}`,
    );
  }
}

function lastLines(log: string): string {
  return readFileSync(log, "utf8").trimEnd().split("\n").slice(-shownLines).join("\n");
}

function recordOf(folder: string, name: string): string {
  return join(folder, `${name}.process.json`);
}

function readRecord(folder: string, name: string): Record | undefined {
  try {
    const record = JSON.parse(readFileSync(recordOf(folder, name), "utf8")) as Record;
    return startOf(record.pid) === record.started ? record : undefined;
  } catch {
    return undefined;
  }
}

/** When a process began, in the kernel's own terms; undefined when it has ended. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before it may contain anything but ends with the last bracket: see proc(5).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
