import type Dockerode from "dockerode";

import { sleep } from "./deadline";
import { isPassing } from "./errors";
import type { HostAccess } from "./host-access";
import { withAnyManager } from "./manager";

/**
 * A manager that does not answer within this time is asked again, seconds: requests from before an
 * election hang.
 */
const attemptSeconds = 10;
const pauseMs = 500;

/**
 * Asks any manager, and repeats while none answers: a step of several minutes must not fail because
 * the Swarm elects a new leader just then.
 *
 * @param seconds how long new attempts are started; there is always one
 * @param use may be run several times
 * @throws what the last attempt threw
 */
export async function retryWhileLeaderless<T>(
  managers: readonly HostAccess[],
  seconds: number,
  use: (docker: Dockerode) => Promise<T>,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await withAnyManager(managers, use, {
        deadlineSeconds: attemptSeconds,
        repeatable: true,
      });
    } catch (error) {
      if (!isPassing(error) || Date.now() + pauseMs > end) throw error;
    }
    await sleep(pauseMs);
  }
}
