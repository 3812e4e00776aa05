import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { hostname, uptime } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseLock, type LockObserver, type StackLock } from "./lock";

/**
 * The locks of a stack in a local backend.
 *
 * @param backendUrl what `PULUMI_BACKEND_URL` says
 * @returns no locks for other backends: there, Pulumi itself reports them
 */
export function readLocks(
  backendUrl: string | undefined,
  project: string,
  stack: string,
): readonly StackLock[] {
  const folder = backendFolder(backendUrl);
  if (folder === undefined) return [];
  const locks = join(folder, ".pulumi", "locks", "organization", project, stack);
  return fileNames(locks).flatMap((name) => {
    const lock = parseLock(readFileSync(join(locks, name), "utf8"));
    return lock === undefined ? [] : [lock];
  });
}

/** The folder of a `file://` backend. */
export function backendFolder(backendUrl: string | undefined): string | undefined {
  if (backendUrl?.startsWith("file://") !== true) return undefined;
  const url = new URL(backendUrl);
  url.search = "";
  return fileURLToPath(url);
}

function fileNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** The facts about this computer that are needed to judge a lock. */
export function thisComputer(): LockObserver {
  return { hostname: hostname(), bootTime: Date.now() - uptime() * 1000, programOf, parentOf };
}

function programOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  return ask("comm", pid) ?? "";
}

function parentOf(pid: number): number | undefined {
  const parent = Number.parseInt(ask("ppid", pid) ?? "", 10);
  return Number.isNaN(parent) ? undefined : parent;
}

/** Asks POSIX `ps` about a process. @returns undefined if it does not know */
function ask(what: "comm" | "ppid", pid: number): string | undefined {
  if (process.platform === "win32") return undefined;
  const answer = spawnSync("ps", ["-o", `${what}=`, "-p", String(pid)], {
    encoding: "utf8",
    timeout: 5000,
  });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}
