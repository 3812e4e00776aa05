import type Dockerode from "dockerode";

import type { EngineInfo } from "../../model/engine-api/swarm";
import { askWithRetries } from "./ask-with-retries";
import { abortable, sleep, withDeadline } from "./deadline";
import { type EngineOptions, withEngine } from "./engine";
import { isTransportError, messageOf, transportError } from "./errors";
import type { HostAccess } from "./host-access";
import { transportPool } from "./pool";

/** Options for the use of any manager. */
export interface ManagerOptions extends EngineOptions {
  /**
   * Whether `use` may be run a second time, on another manager, after its connection was lost. True
   * only for work that may run twice. Default false.
   */
  readonly repeatable?: boolean;
}

/**
 * Limit for finding out whether a host is a usable manager, seconds. After a leader was lost, the
 * others answer only when they have elected a new one: 10 to 20 s a round, and now and then the
 * first round fails.
 */
const probeSeconds = 48;
/**
 * The same limit when so many of the given hosts are unreachable that the others are not a
 * majority: then waiting is useless. (A list may contain hosts that are not in the Swarm. When
 * those are unreachable as well, this also limits the wait for an election.) It is below the 10 s
 * that callers give one attempt, so that they get the reasons.
 */
const minoritySeconds = 8;
/** Limit for opening a connection to one candidate, seconds. */
const dialSeconds = 3.5;
/** Head start of each candidate, before the next one is tried. */
const staggerMs = 300;

/**
 * Runs `use` on any one of the given hosts that is an active Swarm manager and has quorum. The last
 * used one is asked first; the others follow in steps of 300 ms, so that a dead host costs no more
 * than that.
 *
 * @param use gets a client for the manager's engine, the manager, and a signal that is aborted at
 *   the deadline
 * @param options `deadlineSeconds` (default 60) limits finding the manager and `use` together
 * @throws TransportError `manager` if no host is usable, with the reason of each; else as
 *   {@link withEngine}
 */
export async function withAnyManager<T>(
  managers: readonly HostAccess[],
  use: (docker: Dockerode, manager: HostAccess, signal: AbortSignal) => Promise<T>,
  options: ManagerOptions = {},
): Promise<T> {
  const seconds = options.deadlineSeconds ?? 60;
  return await withDeadline(
    seconds,
    () =>
      transportError(
        "deadline",
        namesOf(managers),
        `The Swarm managers ${namesOf(managers)} did not finish within ${seconds} s. ` +
          "Is a majority of them up? Running again is safe.",
      ),
    async (signal) => {
      for (let attempt = 1; ; attempt++) {
        const manager = await findManager(managers, signal);
        try {
          return await withEngine(manager, (docker, inner) => use(docker, manager, inner), {
            deadlineSeconds: seconds,
            signal,
          });
        } catch (error) {
          const again = options.repeatable === true && attempt === 1;
          if (!again || !isTransportError(error, "lost", "unreachable", "engine")) {
            throw error;
          }
        }
      }
    },
    options.signal,
  );
}

/**
 * A host among `managers` that is an active manager with quorum.
 *
 * @throws TransportError `manager` if there is none
 */
export async function findManager(
  managers: readonly HostAccess[],
  signal: AbortSignal,
): Promise<HostAccess> {
  const { lastManager } = transportPool();
  const key = namesOf(managers);
  const preferred = lastManager.get(key);
  const candidates = [
    ...managers.filter(({ name }) => name === preferred),
    ...managers.filter(({ name }) => name !== preferred),
  ];
  const search = new AbortController();
  const either = AbortSignal.any([signal, search.signal]);
  const reasons = new Map<string, string>();
  /** Hosts that refuse this computer: they may be healthy, but nobody can see that from here. */
  const refusals = new Set<string>();
  const begin = Date.now();
  let gone = 0;
  let giveUp: NodeJS.Timeout | undefined;
  let before: Promise<unknown> = Promise.resolve();
  const probes = candidates.map((candidate, index) => {
    // Starts when the previous candidate has failed, or has had its head start.
    const turn = index === 0 ? before : Promise.race([before, sleep(index * staggerMs, either)]);
    const probe = turn.then(() => probeManager(candidate, either)).then(() => candidate);
    before = probe.then(
      () => new Promise<void>(() => undefined),
      () => undefined,
    );
    probe.catch((error: unknown) => {
      reasons.set(candidate.name, messageOf(error));
      if (isTransportError(error, "login", "private-key")) refusals.add(candidate.name);
      if (isTransportError(error, "unreachable", "lost", "engine")) gone += 1;
      if (2 * gone < candidates.length) return;
      giveUp ??= setTimeout(
        () => search.abort(new Error("too few of the managers are reachable for a majority")),
        begin + minoritySeconds * 1000 - Date.now(),
      );
    });
    return probe;
  });
  try {
    const manager = await abortable(Promise.any(probes), signal);
    lastManager.set(key, manager.name);
    return manager;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof AggregateError
      ? noManager(managers, reasons, refusals.size === managers.length)
      : error;
  } finally {
    clearTimeout(giveUp);
    search.abort(new Error("another manager answered"));
  }
}

/** Resolves if a host is an active manager with quorum; else rejects with the reason. */
async function probeManager(host: HostAccess, signal: AbortSignal): Promise<void> {
  const probe = async (docker: Dockerode): Promise<void> => {
    const { Swarm: swarm } = (await docker.info()) as EngineInfo;
    if (swarm?.LocalNodeState !== "active" || !swarm.ControlAvailable) {
      throw new Error(
        `is not a Swarm manager (node state '${swarm?.LocalNodeState ?? "unknown"}'` +
          `${swarm?.Error === undefined || swarm.Error === "" ? "" : `: ${swarm.Error}`})`,
      );
    }
    // This request needs quorum: a manager that lost it still calls itself active.
    await docker.listNodes({ filters: JSON.stringify({ id: [swarm.NodeID] }) });
  };
  await askWithRetries(
    probeSeconds,
    (deadlineSeconds) => withEngine(host, probe, { deadlineSeconds, dialSeconds, signal }),
    signal,
  );
}

/**
 * The error when no host is usable.
 *
 * @param refused all of them refuse this computer. This says nothing about the Swarm: objects that
 *   are to be removed there must not be forgotten
 */
function noManager(
  managers: readonly HostAccess[],
  reasons: Map<string, string>,
  refused: boolean,
): Error {
  const lines = managers.map(({ name }) => `  - ${name}: ${reasons.get(name) ?? "not tried"}`);
  if (refused) {
    return transportError(
      "login",
      namesOf(managers),
      `No server of the Swarm lets this computer in:\n${lines.join("\n")}`,
    );
  }
  return transportError(
    "manager",
    namesOf(managers),
    `No Swarm manager with quorum among ${managers.length} host(s):\n${lines.join("\n")}\n` +
      "Bring back enough managers for a majority, then run again.",
  );
}

/** Names of hosts for messages and keys. */
function namesOf(hosts: readonly HostAccess[]): string {
  return hosts.map(({ name }) => name).join(", ");
}
