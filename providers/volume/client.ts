import type Dockerode from "dockerode";

import type { HostOutcome } from "../../model/image/host-outcomes";
import { siteLabel } from "../../model/swarm/labels";
import { describeOwner } from "../../model/swarm/owner";
import {
  describeHolders,
  foreignVolume,
  isOfSite,
  otherVolume,
  volumeDifferences,
  type VolumeSettings,
} from "../../model/volume/settings";
import type { EngineVolume } from "../../model/engine-api/volume";
import { compareText } from "../../model/values/text-order";
import { onEveryHost, hostFailure } from "../every-host";
import { removeWhenUnused } from "../removal";
import { engineStatus, withEngine } from "../transport/engine";
import { isTransportError, messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { removeEndedTasks, volumeHolders } from "./holders";

/** The wanted volume, the same on every host. */
export interface WantedVolume extends VolumeSettings {
  readonly site: string;
  readonly name: string;
}

/** Limit for one host, seconds: a driver may have to make a file system. */
const MAKE_SECONDS = 60;
/** A manager whose Swarm has no leader answers after 20 s, see {@link inspectVolume}. */
const LOOK_SECONDS = 40;
const DIAL_SECONDS = 5;

/** Creates the volume on all hosts that do not have it; never throws for a host. */
export async function createVolumeOnHosts(
  hosts: readonly HostAccess[],
  wanted: WantedVolume,
): Promise<HostOutcome[]> {
  return await onEveryHost(hosts, async (host) => {
    try {
      await withEngine(host, (docker) => makeVolume(docker, wanted), {
        deadlineSeconds: MAKE_SECONDS,
        dialSeconds: DIAL_SECONDS,
      });
      return { host: host.name, kind: "present" };
    } catch (error) {
      return hostFailure(host, error);
    }
  });
}

/**
 * Problems on the hosts that answer, by name of the host: the volume is missing or different.
 */
export async function volumeFaults(
  hosts: readonly HostAccess[],
  wanted: WantedVolume,
): Promise<ReadonlyMap<string, string>> {
  const faults = await onEveryHost(hosts, (host) =>
    withEngine(
      host,
      async (docker): Promise<[string, string][]> => {
        const seen = await inspectVolume(docker, wanted.name);
        if (seen === undefined) return [[host.name, "does not have the volume"]];
        const foreign = foreignVolume(wanted.name, seen, wanted.site);
        if (foreign !== undefined) return [[host.name, foreign]];
        const differences = volumeDifferences(seen, wanted);
        return differences.length === 0 ? [] : [[host.name, differences.join("; ")]];
      },
      { deadlineSeconds: LOOK_SECONDS, dialSeconds: DIAL_SECONDS },
    ).catch((error: unknown): [string, string][] => {
      if (isTransportError(error)) return [];
      throw error;
    }),
  );
  return new Map(faults.flat());
}

/** Result of {@link removeVolume}. */
export interface VolumeRemoval {
  /** Names of the hosts from which the volume was removed, with its data. */
  readonly removed: readonly string[];
  /** Reachable hosts that still have the volume, with the reason, one line per host. */
  readonly left: readonly string[];
  /** Names of the hosts that do not answer. */
  readonly away: readonly string[];
}

/**
 * Removes the volume from all hosts that answer, if it has the site's label; waits while a
 * container still uses it. Ended containers of tasks do not prevent the removal.
 *
 * @param waitSeconds - how long to wait for containers.
 */
export async function removeVolume(
  hosts: readonly HostAccess[],
  { name, site }: Pick<WantedVolume, "name" | "site">,
  waitSeconds: number,
): Promise<VolumeRemoval> {
  const removed: string[] = [];
  const away: string[] = [];
  const left = await onEveryHost(hosts, async (host) => {
    try {
      const reason = await withEngine(
        host,
        async (docker) => {
          const seen = await inspectVolume(docker, name);
          if (seen === undefined) return undefined;
          if (!isOfSite(seen, site)) return `it ${describeOwner(seen.Labels, site)}`;
          const busy = await removeWhenUnused(async () => {
            await removeEndedTasks(docker, name);
            await docker.getVolume(name).remove();
          }, waitSeconds);
          if (busy === undefined) removed.push(host.name);
          if (busy === undefined) return undefined;
          const holders = await volumeHolders(docker, name);
          return holders.length === 0 ? busy : `it is in use by ${describeHolders(holders)}`;
        },
        { deadlineSeconds: waitSeconds + LOOK_SECONDS, dialSeconds: DIAL_SECONDS },
      );
      return reason === undefined ? [] : [`${host.name}: ${reason}`];
    } catch (error) {
      if (hostFailure(host, error).kind === "unreachable") away.push(host.name);
      else return [`${host.name}: ${messageOf(error)}`];
      return [];
    }
  });
  return { removed: removed.sort(compareText), left: left.flat(), away: away.sort(compareText) };
}

async function makeVolume(docker: Dockerode, wanted: WantedVolume): Promise<void> {
  const { name, driver, driverOptions, site } = wanted;
  const seen = await inspectVolume(docker, name);
  // Inspected first: with some drivers the Docker Engine returns an existing volume with other
  // options as if it had created it.
  const differences = seen === undefined ? [] : volumeDifferences(seen, wanted);
  if (differences.length > 0)
    throw new Error(otherVolume(name, differences, await volumeHolders(docker, name)));
  const foreign = seen === undefined ? undefined : foreignVolume(name, seen, site);
  if (foreign !== undefined) throw new Error(foreign);
  if (seen !== undefined) return;
  await docker.createVolume({
    Name: name,
    Driver: driver,
    DriverOpts: { ...driverOptions },
    Labels: { [siteLabel]: site },
  });
}

/**
 * The volume on one host. A manager asks the Swarm about a volume that it does not have itself
 * (moby, `volume_routes.go`, since API 1.42). When the Swarm elects a leader just then, the manager
 * answers with an error after 20 s, which means that the host has no such volume.
 */
async function inspectVolume(docker: Dockerode, name: string): Promise<EngineVolume | undefined> {
  try {
    return await docker.getVolume(name).inspect();
  } catch (error) {
    const leaderless = /rpc error: code = |The swarm does not have a leader/;
    if (engineStatus(error) === 404 || leaderless.test(messageOf(error))) return undefined;
    throw error;
  }
}
