/** A run as `pulumi stack history --json` lists it, newest first. */
interface PastRun {
  readonly kind?: string;
  readonly result?: string;
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
