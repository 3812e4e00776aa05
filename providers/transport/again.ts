import { isTransportError } from "./errors";

/**
 * Asks an engine a question that changes nothing, and asks again when the answer does not come soon. After a Swarm's
 * leader was lost, a manager lets requests that came before the election hang for 20 s, while it answers new ones.
 *
 * @param seconds limit for all attempts together
 * @param ask asks once, with the limit for this attempt in seconds
 * @param signal the caller's, which `ask` heeds too: when it is aborted, there is no next attempt. Its reason may be a deadline
 *   as well, and without this every further attempt would fail at once, and the next one, without a pause
 * @throws what `ask` throws; its deadline only when there is no time left
 */
export async function askAgain<T>(
  seconds: number,
  ask: (attemptSeconds: number) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const left = (end - Date.now()) / 1000;
    try {
      return await ask(Math.min(4, Math.max(1, left)));
    } catch (error) {
      const over = signal?.aborted === true || Date.now() > end - 1000;
      if (over || !isTransportError(error, "deadline")) {
        throw error;
      }
    }
  }
}
