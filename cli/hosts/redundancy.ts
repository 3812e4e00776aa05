import { messageOf } from "../../providers/transport/errors";
import type { Stack } from "../pulumi/stack";
import type { StateResource } from "../pulumi/state";
import { readUrn } from "../pulumi/urn";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { EngineNode } from "../../model/engine-api/node";
import { askStageSwarm } from "./stage-swarm";

/**
 * Checks that all cluster servers that are set up are managers of the Swarm. Call it before servers
 * are replaced one at a time: while another one is unreachable, the Swarm would lose its majority.
 *
 * @param members the cluster servers of this computer's Docker Engine
 * @param resources of the stage's state
 * @throws Failure when one is not, or no manager answers; nothing was changed then
 */
export async function requireManagers(
  stack: Stack,
  members: readonly Server[],
  resources: readonly StateResource[],
): Promise<void> {
  const expected = settledServers(members, resources);
  if (expected.length === 0) return;
  const swarm = await askStageSwarm(stack).catch((error: unknown) => {
    throw refusal(`no manager of the Swarm answers: ${messageOf(error)}`);
  });
  const absent = swarm === undefined ? [] : absentManagers(swarm.nodes, expected);
  if (absent.length === 0) return;
  const verb = absent.length === 1 ? "runs but is not a" : "run but are not";
  const noun = absent.length === 1 ? "manager" : "managers";
  throw refusal(`${absent.join(", ")} ${verb} reachable ${noun} of the Swarm.`);
}

interface Server {
  readonly name: string;
  readonly id: string;
}

/**
 * Names of the servers whose Docker Engine was set up since they were created. A run was
 * interrupted while it replaced any other server; the next run sets that server up first.
 */
export function settledServers(
  members: readonly Server[],
  resources: readonly Pick<StateResource, "urn" | "inputs" | "outputs">[],
): readonly string[] {
  const setUp = new Set(
    resources
      .filter(({ urn }) => /^setup-.+-engine$/.test(readUrn(urn).name))
      .filter(({ outputs }) => outputs["missing"] !== true)
      // `triggers`: as earlier releases of hive recorded it.
      .flatMap(({ inputs }) => [
        inputs["incarnation"],
        ...((inputs["triggers"] as readonly unknown[] | undefined) ?? []),
      ]),
  );
  return members.filter(({ id }) => setUp.has(id)).map(({ name }) => name);
}

/** Names of the servers that are not reachable managers. */
export function absentManagers(
  nodes: readonly EngineNode[],
  servers: readonly string[],
): readonly string[] {
  const present = nodes
    .filter(
      ({ Status, ManagerStatus }) =>
        Status.State === "ready" && ManagerStatus?.Reachability === "reachable",
    )
    .map(({ Description }) => Description.Hostname);
  return servers.filter((name) => !present.includes(name));
}

function refusal(what: string): Failure {
  return new Failure(
    `The server image, or the site's transform of the servers, has changed. hive replaces the servers one at a time, while all others run. Not now: ${what}\n` +
      "Nothing was changed. `npx hive status` says more. Check the server's Docker Engine (`npx hive ssh <server>`, then `journalctl -u docker`), and run again when it is back.",
    exitCodes.failed,
  );
}
