import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { Stack } from "../engine/stack";
import { type ApiNode, askSwarm } from "../swarm/facts";
import { messageOf } from "../../providers/transport/errors";
import { clusterAccess, readOutputs } from "./outputs";

/** How long the managers may take to answer, seconds: through two rounds of an election. */
const searchSeconds = 60;

/**
 * Of servers that are to be replaced one at a time, those that run but are no reachable managers: while another one is away,
 * the Swarm would lose its majority.
 *
 * @param servers full names
 */
export function absentManagers(
  nodes: readonly ApiNode[],
  servers: readonly string[],
): readonly string[] {
  const present = nodes
    .filter(
      ({ Status, ManagerStatus }) =>
        Status?.State === "ready" && ManagerStatus?.Reachability === "reachable",
    )
    .map(({ Description }) => Description?.Hostname);
  return servers.filter((name) => !present.includes(name));
}

/**
 * Asks the Swarm whether the cluster servers that a run is to replace take part in it. A server that was replaced already is
 * not asked after: the run that was interrupted there brings it back before it goes on.
 *
 * @param servers full names
 * @throws Failure when one does not, or no manager answers; nothing was changed then
 */
export async function requireManagers(stack: Stack, servers: readonly string[]): Promise<void> {
  const raw = await stack.outputs();
  if (servers.length === 0 || Object.keys(raw).length === 0) return;
  const outputs = readOutputs(stack.stage, raw);
  let absent: readonly string[];
  try {
    const { nodes } = await askSwarm(clusterAccess(outputs), searchSeconds);
    absent = absentManagers(nodes, servers);
  } catch (error) {
    throw refusal(`no manager of the Swarm answers: ${messageOf(error)}`);
  }
  if (absent.length === 0) return;
  const names = absent.join(", ");
  throw refusal(
    `${names} ${absent.length === 1 ? "runs and is no reachable manager" : "run and are no reachable managers"} of the Swarm.`,
  );
}

function refusal(what: string): Failure {
  return new Failure(
    `The image of the servers has changed, so they are replaced one at a time while all others run; ${what}\n` +
      "Nothing was changed. `npx hive status` says more. Look at the server's Docker Engine (`npx hive ssh <server>`, then `journalctl -u docker`), and run again when it is back.",
    exitCodes.failed,
  );
}
