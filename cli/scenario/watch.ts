import { serviceHealth } from "../../model/service/health";
import { sleep } from "../../providers/transport/deadline";
import type { HostAccess } from "../../providers/transport/host-access";
import { closeIdleConnections } from "../../providers/transport/pool";
import type { Sample, SwarmSeen, Watched } from "../../rehearsal/scenario/sample";
import { askAddress } from "../status/ask-address";
import { tasksOf } from "../status/swarm-facts";
import { askSwarm, shortName, type SwarmFacts } from "../swarm/facts";

/** How long a server or an address may take to answer, milliseconds. All are asked at once. */
const answerMs = 2000;

/** How long the Swarm may take to answer, seconds. It is asked beside everything else. */
const swarmSeconds = 8;

/** Where a stage answers. */
export interface Reach {
  /** All servers, in the order of their indices. */
  readonly access: readonly HostAccess[];
  /** Those that are managers of the Swarm. */
  readonly managers: readonly HostAccess[];
}

/** A stage that is being watched. */
export interface Watch {
  /** What was seen so far, oldest first. */
  readonly samples: readonly Sample[];
  /** Seconds since the start. */
  seconds(): number;
  /** Takes other ways to the servers: replaced ones have other host keys. */
  reach(reach: Reach): void;
  /** Ends it, after the look that goes on. */
  stop(): Promise<void>;
}

/**
 * Watches a stage until it is stopped: whether servers and addresses answer from here, and what the
 * Swarm says of tasks.
 *
 * @param everySeconds from one look to the next one; longer where a look takes longer
 * @param onSample is called after each look
 */
export function watchStage(
  watched: Watched,
  first: Reach,
  everySeconds: number,
  onSample: (sample: Sample) => void,
): Watch {
  const start = Date.now();
  const seconds = (): number => (Date.now() - start) / 1000;
  const samples: Sample[] = [];
  const end = new AbortController();
  let reach = first;
  let swarm: SwarmSeen | undefined;

  const followSwarm = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const at = seconds();
      try {
        swarm = swarmSeen(await askSwarm(reach.managers, swarmSeconds), at);
      } catch {
        // The last answer holds for a while; how old it is stands beside it.
      }
      await sleep(everySeconds * 1000, end.signal).catch(() => undefined);
    }
  };
  const follow = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const at = seconds();
      const [servers, addresses] = await Promise.all([
        askAll(
          reach.access.map((host) => [shortName(host.name), `tcp://${host.address}:${host.port}`]),
        ),
        askAll(
          watched.services.flatMap((service) =>
            [...service.addresses, ...service.moving].map((url) => [url, url] as const),
          ),
        ),
      ]);
      const sample: Sample = { at, servers, addresses, ...(swarm === undefined ? {} : { swarm }) };
      samples.push(sample);
      onSample(sample);
      const rest = at + everySeconds - seconds();
      if (rest > 0) await sleep(rest * 1000, end.signal).catch(() => undefined);
    }
  };
  const loops = Promise.all([followSwarm(), follow()]);
  return {
    samples,
    seconds,
    reach: (other) => {
      reach = other;
    },
    stop: async () => {
      end.abort();
      await loops;
      closeIdleConnections();
    },
  };
}

/** What a manager's answer says of services. Pure. */
export function swarmSeen(facts: SwarmFacts, at: number): SwarmSeen {
  const { nodes, services } = facts;
  const hostOf = (id: string | undefined): string =>
    shortName(nodes.find(({ ID }) => ID === id)?.Description.Hostname ?? "?");
  return {
    at,
    nodes: nodes.map(({ ID }) => hostOf(ID)),
    ready: nodes.filter(({ Status }) => Status.State === "ready").map(({ ID }) => hostOf(ID)),
    services: Object.fromEntries(
      services.map((service) => {
        const health = serviceHealth(service, tasksOf(facts, service), nodes);
        const { mode, wanted, possible, running, older } = health;
        const on = [...running, ...older].map(({ NodeID }) => hostOf(NodeID)).sort();
        const isJob = mode === "job";
        return [
          service.Spec.Name,
          { wanted: isJob ? 0 : wanted, possible: isJob ? 0 : possible, on: isJob ? [] : on },
        ];
      }),
    ),
  };
}

async function askAll(
  named: readonly (readonly [name: string, url: string])[],
): Promise<Readonly<Record<string, boolean>>> {
  const answers = named.map(async ([name, url]) => {
    const { answers } = await askAddress(url, answerMs);
    return [name, answers === true] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}
