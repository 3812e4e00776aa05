/**
 * The owner in a lock file of Pulumi's own backends (`pkg/backend/diy/lock.go`).
 */
export interface StackLock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  /** RFC 3339. */
  readonly timestamp: string;
}

/** Facts about this computer to judge a lock. */
export interface LockObserver {
  readonly hostname: string;
  /** When this computer was started, milliseconds since 1970. */
  readonly bootTime: number;
  /**
   * The name of the program that runs under a process id, `undefined` if there is none, `""` if it
   * cannot be told.
   */
  programOf(pid: number): string | undefined;
  /** The process that started a process, `undefined` if it cannot be told. */
  parentOf(pid: number): number | undefined;
}

/**
 * Reads a lock file.
 *
 * @returns undefined for a file that is not a lock (half written, another format)
 */
export function parseLock(text: string): StackLock | undefined {
  try {
    const { pid, username, hostname, timestamp } = JSON.parse(text) as Partial<StackLock>;
    if (typeof pid !== "number" || typeof hostname !== "string") return undefined;
    return { pid, hostname, username: username ?? "", timestamp: timestamp ?? "" };
  } catch {
    return undefined;
  }
}

/**
 * Whether the run that created a lock is certainly over. Only a run of this computer can be judged:
 * it is over when its process is gone, when the process id now belongs to another program, or when
 * the computer was started since.
 */
export function isStale(lock: StackLock, observer: LockObserver): boolean {
  if (lock.hostname !== observer.hostname) return false;
  if (Date.parse(lock.timestamp) < observer.bootTime) return true;
  const program = observer.programOf(lock.pid);
  if (program === undefined) return true;
  return program !== "" && !program.includes("pulumi");
}

/**
 * Whether a Pulumi process still works although the `hive` that started it was killed: then its
 * parent is the system's first process. It ends after its current step, when nobody reads its
 * events.
 */
export function isOrphaned(lock: StackLock, observer: LockObserver): boolean {
  if (lock.hostname !== observer.hostname) return false;
  const parent = observer.parentOf(lock.pid);
  if (parent === undefined) return false;
  return parent === 1 || /^(systemd|init|launchd)$/.test(observer.programOf(parent) ?? "");
}

/** `2 min`, `45 s`, `3 h`: how long ago something was. */
function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** The message for a lock that is not stale: who holds the stage, since when, and what to do. */
export function lockMessage(stage: string, locks: readonly StackLock[], now: number): string {
  const owners = locks.map((lock) => {
    const since = Date.parse(lock.timestamp);
    const when = Number.isNaN(since)
      ? ""
      : `, since ${lock.timestamp.slice(0, 19)}Z (${age(now - since)})`;
    return `  ${lock.username}@${lock.hostname}, process ${lock.pid}${when}`;
  });
  return [
    `Another run is changing the stage ${stage}:`,
    ...owners,
    "Nothing was changed. Wait until that run has ended, or press Ctrl-C where it runs.",
    "Remove its lock only if you are certain that it no longer runs (its computer is gone):",
    `  npm run pulumi -- cancel --yes --stack ${stage}`,
  ].join("\n");
}
