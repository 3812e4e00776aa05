import { sleep } from "./transport/deadline";
import { engineStatus } from "./transport/engine";
import { messageOf } from "./transport/errors";

const pollMs = 250;

/**
 * Removes an object from a Docker Engine or the Swarm, and waits while it is in use: its users may
 * just be stopping. An object that is already gone is a success.
 *
 * @param remove - asks for the removal once.
 * @param waitSeconds - how long to wait for its users.
 * @returns undefined when it is gone; else the Docker Engine's message about its users.
 * @throws what `remove` throws for any other reason.
 */
export async function removeWhenUnused(
  remove: () => Promise<unknown>,
  waitSeconds: number,
): Promise<string | undefined> {
  const end = Date.now() + waitSeconds * 1000;
  for (;;) {
    try {
      await remove();
      return undefined;
    } catch (error) {
      if (engineStatus(error) === 404) return undefined;
      // The status differs by kind and version (400, 403, 409); the words are the same.
      const busy = engineStatus(error) !== undefined && /\bin use\b/.test(messageOf(error));
      if (!busy) throw error;
      if (Date.now() > end) return messageOf(error);
    }
    await sleep(pollMs);
  }
}
