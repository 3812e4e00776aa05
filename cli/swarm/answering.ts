import { onEveryHost } from "../../providers/every-host";
import { withEngine } from "../../providers/transport/engine";
import { isTransportError } from "../../providers/transport/errors";
import type { HostAccess } from "../../providers/transport/host-access";
import { nameOf } from "../hosts/drained-host";
import type { SwarmFacts } from "./facts";

/** Limit for one server, seconds. */
const answerSeconds = 15;
const dialSeconds = 5;

/**
 * The facts with each server down whose Docker Engine does not answer. The Swarm itself takes a
 * server for ready until heartbeats are missing, seconds after it was lost: too late for a decision
 * to take another one away.
 */
export async function asTheyAnswer(
  servers: readonly HostAccess[],
  facts: SwarmFacts,
): Promise<SwarmFacts> {
  const silent = await onEveryHost(servers, async (server) =>
    (await answers(server)) ? [] : [server.name],
  );
  return withSilent(facts, silent.flat());
}

/** The facts with these servers down. Pure. */
export function withSilent(facts: SwarmFacts, silent: readonly string[]): SwarmFacts {
  return {
    ...facts,
    nodes: facts.nodes.map((node) =>
      silent.includes(nameOf(node))
        ? { ...node, Status: { ...node.Status, State: "down" as const } }
        : node,
    ),
  };
}

async function answers(server: HostAccess): Promise<boolean> {
  try {
    const options = { deadlineSeconds: answerSeconds, dialSeconds };
    await withEngine(server, (docker) => docker.ping(), options);
    return true;
  } catch (error) {
    // A login that is refused, say, is for a person; it says nothing about the server's state.
    const isRefused = isTransportError(error, "host-key", "private-key", "login");
    if (isRefused) throw error;
    return false;
  }
}
