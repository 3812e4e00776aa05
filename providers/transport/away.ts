import { reportWarning } from "../progress/progress-line";
import { isTransportError, messageOf } from "./errors";
import type { HostAccess } from "./host-access";

/** A host that did not answer is asked for so long with less patience, milliseconds. */
const memoryMs = 60_000;

/**
 * When each host did not answer last, by its name. On the global object, like the pool: dynamic resources are copies of this code in
 * one process.
 */
function away(): Map<string, number> {
  const key = Symbol.for("hive.away/1");
  const holder = globalThis as unknown as Record<symbol, Map<string, number> | undefined>;
  return (holder[key] ??= new Map<string, number>());
}

/** Whether an error says that the host itself does not answer: it may be back later, and what is to be done there waits. */
export function isAway(error: unknown): boolean {
  return isTransportError(error, "unreachable", "lost", "deadline");
}

/** Remembers that a host does not answer, and tells the user; once in a process, whatever else waits for the same host. */
export function reportAway(host: HostAccess, error: unknown): void {
  const told = away().has(host.name);
  away().set(host.name, Date.now());
  if (told) return;
  reportWarning(
    `The server ${host.name} does not answer; the run goes on without it.\n${messageOf(error)}\n` +
      "What is to be done there waits for the first run after it is back.",
  );
}

/** How long to wait for a connection to a host, seconds: less for one that did not answer just now. */
export function patience(host: HostAccess): number {
  const last = away().get(host.name);
  return last !== undefined && Date.now() - last < memoryMs ? 3 : 10;
}
