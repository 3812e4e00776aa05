import { sleep } from "./deadline";
import { isTransportError, messageOf } from "./errors";

/** Between two attempts where the answer came at once. */
const pauseMs = 500;

/**
 * Asks an engine a question that changes nothing, and asks again when the answer does not come
 * soon. After a Swarm's leader was lost, a manager lets requests that came before the election hang
 * for 20 s, while it answers new ones; some of these it answers with the word that there is no
 * leader.
 *
 * @param seconds limit for all attempts together
 * @param ask asks once, with the limit for this attempt in seconds
 * @param signal the caller's, which `ask` heeds too: when it is aborted, there is no next attempt.
 *   Its reason may be a deadline as well, and without this every further attempt would fail at
 *   once, and the next one, without a pause
 * @throws what `ask` throws; its deadline, or the want of a leader, only when there is no time left
 */
export async function askWithRetries<T>(
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
      const leaderless = lacksLeader(error);
      if (over || !(leaderless || isTransportError(error, "deadline"))) {
        throw error;
      }
      // An aborted pause ends the attempts with the last answer: it says more than the caller's
      // reason.
      if (leaderless) {
        await sleep(pauseMs, signal).catch(() => {
          throw error;
        });
      }
    }
  }
}

/**
 * Whether a manager said that its Swarm has no leader (SwarmKit; the same words for an election and
 * for a lost majority).
 */
function lacksLeader(error: unknown): boolean {
  // Who looked for a manager on all hosts has been patient already.
  if (isTransportError(error, "manager")) return false;
  return messageOf(error).includes("The swarm does not have a leader");
}
