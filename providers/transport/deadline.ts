import { setMaxListeners } from "node:events";

/**
 * Runs `work` with a time limit. The signal given to `work` is aborted when the limit is reached or
 * `outer` is aborted; the returned promise then rejects at once, even if `work` does not respect
 * the signal.
 *
 * @param seconds the limit, in seconds; `Infinity`: no limit, only `outer` ends the work
 * @param onDeadline creates the error for a reached limit
 * @param work the work; gets the signal
 * @param outer a signal of the caller that ends the work early
 * @throws what `work` throws, `onDeadline()`, or the reason of `outer`
 */
export async function withDeadline<T>(
  seconds: number,
  onDeadline: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  // Every wait under this limit adds a listener; Node would warn of a leak at eleven.
  setMaxListeners(0, signal);
  const stop = (): void => controller.abort(outer?.reason);
  if (outer?.aborted === true) {
    stop();
  }
  outer?.addEventListener("abort", stop, { once: true });
  // A timer with an infinite delay would fire at once.
  const timer =
    seconds === Infinity
      ? undefined
      : setTimeout(() => controller.abort(onDeadline()), seconds * 1000);
  try {
    return await abortable(work(signal), signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", stop);
  }
}

/** `promise`, or a rejection with the signal's reason as soon as the signal is aborted. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) {
      stop();
    }
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/**
 * Calls `stop` as soon as the signal is aborted: now, if it already is. A listener alone would wait
 * for ever then.
 *
 * @returns a function that takes it back
 */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  return () => signal.removeEventListener("abort", stop);
}

/** Waits; rejects with the signal's reason when it is aborted first. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await (signal === undefined ? slept : abortable(slept, signal));
  } finally {
    clearTimeout(timer);
  }
}
