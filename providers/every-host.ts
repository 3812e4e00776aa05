import type { HostFailure } from "../model/image/host-outcomes";
import { isTransportError, messageOf } from "./transport/errors";
import type { HostAccess } from "./transport/host-access";

/** Hosts that are worked on at the same time. */
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

/** What an error says of a host: that it does not answer, or that it answers and failed. */
export function hostFailure(host: HostAccess, error: unknown): HostFailure {
  // A host whose key or engine is wrong answers, and someone must see to it.
  const away = isTransportError(error, "unreachable", "lost", "deadline");
  return {
    host: host.name,
    kind: away ? "unreachable" : "failed",
    reason: messageOf(error),
  };
}
