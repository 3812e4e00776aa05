import type { HostFailure } from "../model/image/host-outcomes";
import { isTransportError, messageOf } from "./transport/errors";
import type { HostAccess } from "./transport/host-access";

/** Number of hosts that are worked on at the same time. */
const PARALLEL = 4;

/** `work` for every host, a few at a time; the results are in the order of the hosts. */
export async function onEveryHost<T>(
  hosts: readonly HostAccess[],
  work: (host: HostAccess) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < hosts.length; index = next++) {
      const host = hosts[index];
      if (host !== undefined) results[index] = await work(host);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, hosts.length) }, worker));
  return results;
}

/** What an error says about a host: it does not answer, or it answers and failed. */
export function hostFailure(host: HostAccess, error: unknown): HostFailure {
  // A host with a wrong key or a broken Docker Engine answers, and somebody must repair it.
  const away = isTransportError(error, "unreachable", "lost", "deadline");
  return {
    host: host.name,
    kind: away ? "unreachable" : "failed",
    reason: messageOf(error),
  };
}
