/** A run as `pulumi stack history --json` lists it, newest first. */
interface PastRun {
  readonly kind?: string;
  readonly result?: string;
  /** ISO 8601, as the other one. */
  readonly startTime?: string;
  readonly endTime?: string;
}

/** How many past runs are read. */
export const historyLength = 10;

/**
 * Whether a run has failed since the last refresh. Its partial changes may not be in the state: for
 * example, a service gave its volume to another one before its own change.
 *
 * @param text the answer of `pulumi stack history --json`
 */
export function hasFailedSinceRefresh(text: string): boolean {
  const runs = JSON.parse(text) as readonly PastRun[] | null;
  for (const { kind, result } of runs ?? []) {
    if (kind === "refresh" && result === "succeeded") return false;
    if (result !== "succeeded") return true;
  }
  return false;
}

/**
 * A moment after which none but the last run was under way: the end of the last run that succeeded,
 * or the start of a later one that did not. That of a killed run is listed only by some backends,
 * and its end is then the time when somebody cancelled it.
 *
 * @param text the answer of `pulumi stack history --json`
 * @returns undefined if there was no run
 */
export function lastKnownMoment(text: string): Date | undefined {
  const runs = JSON.parse(text) as readonly PastRun[] | null;
  return latest(
    (runs ?? []).map(({ result, startTime, endTime }) =>
      result === "succeeded" ? endTime : startTime,
    ),
  );
}

function latest(times: readonly (string | undefined)[]): Date | undefined {
  const known = times.map((time) => Date.parse(time ?? "")).filter((time) => !Number.isNaN(time));
  return known.length === 0 ? undefined : new Date(Math.max(...known));
}
