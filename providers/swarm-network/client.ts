import type Dockerode from "dockerode";

import {
  hasSettings,
  isHeldBySwarm,
  isOwnNetwork,
  type NetworkSpec,
  overlappingNetwork,
  successorName,
  toEngineNetwork,
} from "../../model/network/spec";
import type { EngineNetwork } from "../../model/engine-api/network";
import { siteLabel } from "../../model/swarm/labels";
import { describeOwner } from "../../model/swarm/owner";
import { removeWhenUnused } from "../removal";
import { sleep } from "../transport/deadline";

/** How long the Swarm may take to give a network its range, seconds. */
const allocationSeconds = 15;
const pollMs = 200;

/** What the Swarm holds of networks, or of the one with this id. */
async function swarmNetworks(docker: Dockerode, id?: string): Promise<readonly EngineNetwork[]> {
  const filters = JSON.stringify({ scope: ["swarm"], ...(id === undefined ? {} : { id: [id] }) });
  const listed = (await docker.listNetworks({ filters })) as unknown as EngineNetwork[];
  return listed.filter(isHeldBySwarm);
}

/**
 * A network by its id; undefined if the Swarm has none. Listed, for to inspect it would show a
 * host's own copy.
 */
export async function inspectNetwork(
  docker: Dockerode,
  id: string,
): Promise<EngineNetwork | undefined> {
  return (await swarmNetworks(docker, id)).find(({ Id }) => Id === id);
}

/**
 * Finds the site's network with these settings, or makes it. Networks that the site had under this
 * name before and that nothing uses any more are removed; while one is used, the new one gets a
 * name beside it.
 *
 * @throws Error when the name is taken by a network that is not the site's, the range is taken, or
 *   the Swarm has no range to give
 */
export async function ensureNetwork(
  docker: Dockerode,
  spec: NetworkSpec,
): Promise<{ id: string; name: string }> {
  const networks = await swarmNetworks(docker);
  const own = networks.filter((network) => isOwnNetwork(network, spec));
  const pool = own.length === 0 ? undefined : await addressPool(docker);
  const equal = own.find((network) => hasSettings(network, spec, pool));
  if (equal !== undefined) return { id: equal.Id, name: equal.Name };

  const removed = new Set<string>();
  for (const { Id } of own) {
    if ((await removeNetwork(docker, Id, 0)) === undefined) removed.add(Id);
  }
  const left = networks.filter(({ Id }) => !removed.has(Id));
  const rival = overlappingNetwork(spec, left);
  if (rival !== undefined) throw rangeTaken(spec, rival);
  const name = left.some((network) => network.Name === spec.name && isOwnNetwork(network, spec))
    ? successorName(spec)
    : spec.name;
  const holder = left.find((network) => network.Name === name);
  if (holder !== undefined) {
    throw new Error(
      `The Swarm has a network named '${name}' already, and it ${describeOwner(holder.Labels, spec.site)}. ` +
        `Give this network another name; or, if that one is not needed, run on a manager: docker network rm ${name}`,
    );
  }
  const { id } = await docker.createNetwork(
    toEngineNetwork(spec, name) as Dockerode.NetworkCreateOptions,
  );
  await awaitRange(docker, id, spec);
  return { id, name };
}

/**
 * Ranges from which the Swarm takes those of its networks; undefined when the engine does not say.
 */
export async function addressPool(docker: Dockerode): Promise<readonly string[] | undefined> {
  const { Swarm } = (await docker.info()) as {
    readonly Swarm?: { readonly Cluster?: { readonly DefaultAddrPool?: readonly string[] | null } };
  };
  return Swarm?.Cluster?.DefaultAddrPool ?? undefined;
}

/** Waits until the Swarm has given the network its range; takes one that gets none away again. */
async function awaitRange(docker: Dockerode, id: string, spec: NetworkSpec): Promise<void> {
  // Only of an overlay is it known how a network looks that has all that it needs.
  if (spec.driver !== "overlay") return;
  const end = Date.now() + allocationSeconds * 1000;
  for (;;) {
    const seen = await inspectNetwork(docker, id);
    if ((seen?.IPAM?.Config ?? []).length > 0 && Object.keys(seen?.Options ?? {}).length > 0) {
      return;
    }
    if (Date.now() > end) {
      await docker.getNetwork(id).remove();
      throw new Error(
        `The Swarm gave the network '${spec.name}' no address range within ${allocationSeconds} s` +
          (spec.subnet === undefined
            ? ": its pool (hive:overlayPool) may be used up. Remove networks that are not needed, or name a free subnet."
            : `: ${spec.subnet} may be taken by something that it does not list. Name another subnet.`),
      );
    }
    await sleep(pollMs);
  }
}

function rangeTaken(spec: NetworkSpec, rival: EngineNetwork): Error {
  const range = rival.IPAM?.Config?.[0]?.Subnet ?? "";
  const meeting = `The range ${spec.subnet} of the network '${spec.name}' meets ${range} of the Swarm's network '${rival.Name}'. `;
  // A network moves its services over one by one, so that both are there for a while (decision 19).
  const bothAreThere = "which services still use; both must be there while they move. ";
  if (isOwnNetwork(rival, spec)) {
    return new Error(
      `${meeting}That is this very network with its settings so far, ${bothAreThere}Give the changed network another subnet, or none; ` +
        "a later run can give it this one back.",
    );
  }
  if (rival.Labels?.[siteLabel] === spec.site) {
    return new Error(
      `${meeting}That is a network of this site, ${bothAreThere}If it is to give its range away or to go, do it in two runs: ` +
        `first with another subnet for '${spec.name}', or none; then, when '${rival.Name}' is gone or has another range, with this one.`,
    );
  }
  return new Error(`${meeting}Give another subnet, or none to let the Swarm choose.`);
}

/**
 * Removes a network; waits for tasks that are leaving it.
 *
 * @returns undefined when it is gone; else who uses it, in the engine's words
 */
export async function removeNetwork(
  docker: Dockerode,
  id: string,
  waitSeconds: number,
): Promise<string | undefined> {
  const remove = async (): Promise<void> => {
    // Of a network of which the host still has its own copy, the engine says with status 500 that
    // the Swarm has none.
    if ((await inspectNetwork(docker, id)) !== undefined) await docker.getNetwork(id).remove();
  };
  return await removeWhenUnused(remove, waitSeconds);
}

/** The network that the inputs ask for. */
export function specOf(inputs: NetworkSpec): NetworkSpec {
  const { site, name, driver, driverOptions, subnet, gateway, attachable, internal } = inputs;
  return {
    site,
    name,
    driver,
    driverOptions,
    ...(subnet === undefined ? {} : { subnet }),
    ...(gateway === undefined ? {} : { gateway }),
    attachable,
    internal,
  };
}
