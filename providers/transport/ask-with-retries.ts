import { sleep } from "./deadline";
import { isTransportError, messageOf } from "./errors";

/** Pause between two attempts when the answer came at once. */
const pauseMs = 500;

/**
 * Sends a Docker Engine a request that changes nothing, and repeats it when the answer does not
 * come soon. After a Swarm lost its leader, a manager lets requests from before the election hang
 * for 20 s. It answers new requests, some of them with the error that there is no leader.
 *
 * @param seconds limit for all attempts together
 * @param ask asks once, with the limit for this attempt in seconds
 * @param signal the caller's signal, which `ask` respects too: when it is aborted, there is no next
 *   attempt. Its reason may also be a deadline; without this check every further attempt would fail
 *   at once, and be repeated without a pause
 * @throws what `ask` throws; its deadline or a missing leader only when no time is left
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
      // An aborted pause ends the attempts with the last answer: that says more than the caller's
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
 * Whether a manager reported that its Swarm has no leader (SwarmKit; the message is the same for an
 * election and for a lost majority).
 */
function lacksLeader(error: unknown): boolean {
  // The search for a manager on all hosts has already waited long enough.
  if (isTransportError(error, "manager")) return false;
  return messageOf(error).includes("The swarm does not have a leader");
}
