// @ts-check
/**
 * A lock between processes: if two clones start at once, each part is built once, and the second
 * clone waits. A lock whose holder is gone is taken over.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { StepError } from "./step-error.mjs";

/** How often a holder shows that it lives, in milliseconds. */
const heartbeatMs = 5000;

/**
 * A holder that cannot be asked (another computer) counts as gone after this silence, in
 * milliseconds.
 */
export const silentAfterMs = 60_000;

/** How often a waiting process looks again, in milliseconds. */
const pollMs = 250;

/**
 * Who holds a lock, as written in the lock's file.
 * @typedef {object} Holder
 * @property {number} pid
 * @property {string} host
 * @property {string} started when the process began, in the system's own terms: detects a reused id
 * @property {string} token unique for each acquisition
 */

/**
 * Whether a lock may be taken over.
 * @param {object} facts
 * @param {Holder | undefined} facts.holder nothing if the file cannot be parsed
 * @param {string} facts.host this computer
 * @param {(pid: number) => string | undefined} facts.startOf when a process of this computer began;
 *   nothing when it is gone
 * @param {number} facts.silentMs milliseconds since the holder last showed life
 * @returns {boolean}
 */
export function lockIsStale({ holder, host, startOf, silentMs }) {
  // A file that is still being written has no holder yet.
  if (!holder) return silentMs > silentAfterMs;
  if (holder.host !== host) return silentMs > silentAfterMs;
  const started = startOf(holder.pid);
  return started === undefined || started !== holder.started;
}

/**
 * Runs an action while holding the lock of that name.
 * @template T
 * @param {string} file the lock's file; its folder is made when missing
 * @param {() => Promise<T>} action
 * @param {object} options
 * @param {AbortSignal} options.signal ends the waiting
 * @param {number} [options.waitMs] how long to wait at most; default: 30 min
 * @param {(holder: Holder | undefined) => void} [options.onWait] called once when somebody else
 *   holds it
 * @returns {Promise<T>}
 * @throws {StepError} when cancelled, or when the lock was not free in time
 */
export async function withLock(file, action, { signal, waitMs = 1_800_000, onWait }) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const mine = {
    pid: process.pid,
    host: os.hostname(),
    started: processStart(process.pid) ?? "",
    token: `${process.pid}-${process.hrtime.bigint()}`,
  };
  const deadline = Date.now() + waitMs;
  let told = false;
  while (!tryAcquire(file, mine)) {
    if (!told) onWait?.(readHolder(file));
    told = true;
    if (signal.aborted) throw new StepError("waiting for another run was cancelled");
    if (Date.now() > deadline) {
      throw new StepError(
        `another run has held ${file} for more than ${Math.round(waitMs / 60_000)} min`,
        {
          remedy: [
            `See what process ${readHolder(file)?.pid ?? "?"} does, end it, and run the command again.`,
          ],
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const heartbeat = setInterval(() => {
    try {
      const now = new Date();
      fs.utimesSync(file, now, now);
    } catch {
      // The next run checks the process itself.
    }
  }, heartbeatMs);
  heartbeat.unref();
  try {
    return await action();
  } finally {
    clearInterval(heartbeat);
    if (readHolder(file)?.token === mine.token) fs.rmSync(file, { force: true });
  }
}

/** @param {string} file @param {Holder} mine @returns {boolean} */
function tryAcquire(file, mine) {
  // The content is complete before the name exists, so nobody reads half a holder.
  const draft = `${file}.${mine.token}`;
  fs.writeFileSync(draft, JSON.stringify(mine));
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
  removeWhenStale(file, mine);
  return false;
}

/** @param {string} file @param {Holder} mine */
function removeWhenStale(file, mine) {
  const judged = readHolder(file);
  let silentMs;
  try {
    silentMs = Date.now() - fs.statSync(file).mtimeMs;
  } catch {
    return;
  }
  if (!lockIsStale({ holder: judged, host: mine.host, startOf: processStart, silentMs })) return;
  // Move it aside first: if two processes consider the same lock stale, one of them moves it, and
  // neither removes a new one.
  const aside = `${file}.stale-${mine.token}`;
  try {
    fs.renameSync(file, aside);
  } catch {
    return;
  }
  if (readHolder(aside)?.token !== judged?.token) {
    try {
      fs.linkSync(aside, file);
    } catch {
      // Somebody holds it again.
    }
  }
  fs.rmSync(aside, { force: true });
}

/** @param {string} file @returns {Holder | undefined} */
export function readHolder(file) {
  try {
    const holder = JSON.parse(fs.readFileSync(file, "utf8"));
    return typeof holder?.pid === "number" ? holder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * When a process of this computer began: on Linux its start in clock ticks since boot (proc(5),
 * field 22), elsewhere only that it lives.
 * @param {number} pid
 * @returns {string | undefined} nothing when there is no such process
 */
export function processStart(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EPERM") return undefined;
  }
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; only its parent has not noticed yet.
    return fields[0] === "Z" ? undefined : (fields[19] ?? "alive");
  } catch {
    return "alive";
  }
}
