import { reportWarning } from "../progress/progress-line";
import { isTransportError, messageOf } from "./errors";
import type { HostAccess } from "./host-access";

/**
 * Names of the hosts that did not answer. On the global object, like the pool: every dynamic
 * resource runs its own copy of this code in one process.
 */
function unreachable(): Set<string> {
  const key = Symbol.for("hive.away/2");
  const holder = globalThis as unknown as Record<symbol, Set<string> | undefined>;
  return (holder[key] ??= new Set<string>());
}

/**
 * Whether an error says that the host itself is unreachable: it may be back later, and its work
 * waits.
 */
export function isUnreachable(error: unknown): boolean {
  return isTransportError(error, "unreachable", "lost", "deadline");
}

/**
 * Records that a host does not answer, and warns the user once per process.
 */
export function reportUnreachable(host: HostAccess, error: unknown): void {
  const told = unreachable().has(host.name);
  unreachable().add(host.name);
  if (told) return;
  reportWarning(
    `The server ${host.name} does not answer; the run goes on without it.\n${messageOf(error)}\n` +
      "The first run that reaches it again does the work there.",
  );
}

/** Whether a host did not answer in this process, which lives as long as a run. */
export function wasUnreachable(host: HostAccess): boolean {
  return unreachable().has(host.name);
}
