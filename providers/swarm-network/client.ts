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

/** How long the Swarm may take to give a network its address range, seconds. */
const allocationSeconds = 15;
const pollMs = 200;

/** The networks of the Swarm, or the one with this id. */
async function swarmNetworks(docker: Dockerode, id?: string): Promise<readonly EngineNetwork[]> {
  const filters = JSON.stringify({ scope: ["swarm"], ...(id === undefined ? {} : { id: [id] }) });
  const listed = (await docker.listNetworks({ filters })) as unknown as EngineNetwork[];
  return listed.filter(isHeldBySwarm);
}

/**
 * A network by its id; undefined if the Swarm has none. It is listed, because inspecting it would
 * show a host's own copy.
 */
export async function inspectNetwork(
  docker: Dockerode,
  id: string,
): Promise<EngineNetwork | undefined> {
  return (await swarmNetworks(docker, id)).find(({ Id }) => Id === id);
}

/**
 * Finds the site's network with these settings, or makes it. Earlier unused networks of the site
 * with this name are removed; while an earlier one is in use, the new one gets another name.
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
 * Address pools of the Swarm's networks; undefined when the Docker Engine does not report them.
 */
export async function addressPool(docker: Dockerode): Promise<readonly string[] | undefined> {
  const { Swarm } = (await docker.info()) as {
    readonly Swarm?: { readonly Cluster?: { readonly DefaultAddrPool?: readonly string[] | null } };
  };
  return Swarm?.Cluster?.DefaultAddrPool ?? undefined;
}

/**
 * Waits until the Swarm has given the network its address range; removes the network if it gets
 * none.
 */
async function awaitRange(docker: Dockerode, id: string, spec: NetworkSpec): Promise<void> {
  // Only for overlay networks is it known what a complete network looks like.
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
            ? ": its pool (hive:overlayPool) may be used up. Remove networks that are not needed, or set a free subnet."
            : `: ${spec.subnet} may be taken by something that the Swarm does not list. Set another subnet.`),
      );
    }
    await sleep(pollMs);
  }
}

function rangeTaken(spec: NetworkSpec, rival: EngineNetwork): Error {
  const range = rival.IPAM?.Config?.[0]?.Subnet ?? "";
  const meeting = `The range ${spec.subnet} of the network '${spec.name}' overlaps ${range} of the Swarm's network '${rival.Name}'. `;
  // Services move to the new network one by one, so both networks exist for a while (decision 19).
  const bothAreThere = "which services still use; both must exist while services move. ";
  if (isOwnNetwork(rival, spec)) {
    return new Error(
      `${meeting}That is this same network with its old settings, ${bothAreThere}Give the changed network another subnet, or none; ` +
        "a later run can change it back to this one.",
    );
  }
  if (rival.Labels?.[siteLabel] === spec.site) {
    return new Error(
      `${meeting}That is a network of this site, ${bothAreThere}If it is to lose its range or to be removed, do it in two runs: ` +
        `in the first run, give '${spec.name}' another subnet, or none; in the second, when '${rival.Name}' is gone or has another range, give it this one.`,
    );
  }
  return new Error(`${meeting}Give another subnet, or none to let the Swarm choose.`);
}

/**
 * Removes a network; waits for tasks that are leaving it.
 *
 * @returns undefined when it is gone; else the Docker Engine's message about its users
 */
export async function removeNetwork(
  docker: Dockerode,
  id: string,
  waitSeconds: number,
): Promise<string | undefined> {
  const remove = async (): Promise<void> => {
    // While the host still has its own copy of a network, the Docker Engine reports with status 500
    // that the Swarm does not have it.
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
