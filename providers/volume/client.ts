import type Dockerode from "dockerode";

import type { SpreadOutcome } from "../../model/host-spread";
import { siteLabel } from "../../model/service-spec/labels";
import {
  type EngineVolume,
  otherVolume,
  volumeDifferences,
  type VolumeSettings,
} from "../../model/volume-settings";
import { onEveryHost, spreadFailure } from "../every-host";
import { removeWhenUnused } from "../removal";
import { engineStatus, withEngine } from "../transport/engine";
import { messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";

/** A volume as it is wanted on every host. */
export interface WantedVolume extends VolumeSettings {
  readonly site: string;
  readonly name: string;
}

/** Limit for one host, seconds: a driver may have to make a file system. */
const MAKE_SECONDS = 60;
const LOOK_SECONDS = 20;
const DIAL_SECONDS = 5;

/** Makes the volume on all hosts that do not have it; never throws for a host. */
export async function spreadVolume(
  hosts: readonly HostAccess[],
  wanted: WantedVolume,
): Promise<SpreadOutcome[]> {
  return await onEveryHost(hosts, async (host) => {
    try {
      await withEngine(host, (docker) => makeVolume(docker, wanted), {
        deadlineSeconds: MAKE_SECONDS,
        dialSeconds: DIAL_SECONDS,
      });
      return { host: host.name, kind: "present" };
    } catch (error) {
      return spreadFailure(host, error);
    }
  });
}

/**
 * What is wrong on the hosts that answer, by name of the host: the volume is missing, or another one.
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
        const differences = volumeDifferences(seen, wanted);
        return differences.length === 0 ? [] : [[host.name, differences.join("; ")]];
      },
      { deadlineSeconds: LOOK_SECONDS, dialSeconds: DIAL_SECONDS },
    ).catch((): [string, string][] => []),
  );
  return new Map(faults.flat());
}

/**
 * Removes the volume from all hosts that answer; waits while a container still uses it.
 *
 * @param waitSeconds - how long to wait for containers.
 * @returns what was left and why, one line a host
 */
export async function removeVolume(
  hosts: readonly HostAccess[],
  name: string,
  waitSeconds: number,
): Promise<string[]> {
  const left = await onEveryHost(hosts, async (host) => {
    try {
      const busy = await withEngine(
        host,
        (docker) => removeWhenUnused(() => docker.getVolume(name).remove(), waitSeconds),
        { deadlineSeconds: waitSeconds + LOOK_SECONDS, dialSeconds: DIAL_SECONDS },
      );
      return busy === undefined ? [] : [`${host.name}: ${busy}`];
    } catch (error) {
      return [`${host.name}: ${messageOf(error)}`];
    }
  });
  return left.flat();
}

async function makeVolume(docker: Dockerode, wanted: WantedVolume): Promise<void> {
  const { name, driver, driverOptions, site } = wanted;
  const seen = await inspectVolume(docker, name);
  // Looked at first: of some drivers the engine gives back a volume with other options as if it had made it.
  const differences = seen === undefined ? [] : volumeDifferences(seen, wanted);
  if (differences.length > 0) throw new Error(otherVolume(name, differences));
  if (seen !== undefined) return;
  await docker.createVolume({
    Name: name,
    Driver: driver,
    DriverOpts: { ...driverOptions },
    Labels: { [siteLabel]: site },
  });
}

async function inspectVolume(docker: Dockerode, name: string): Promise<EngineVolume | undefined> {
  try {
    return await docker.getVolume(name).inspect();
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}
