import type { MountPlan, VolumePlan } from "../plan";
import { compareText } from "../values/text-order";
import type { ServiceMount } from "./spec";

/**
 * What a service's containers mount, with the drivers of the volumes that the plan names.
 *
 * A replicated volume is never filled from the image (`noCopy`): the engine would mount it to copy when a container is
 * created, while the task before it on another host may still write (moby/moby#31492).
 *
 * @throws Error when the plan has no such volume, which its rules exclude
 */
export function serviceMounts(
  mounts: readonly MountPlan[],
  volumes: readonly VolumePlan[],
): readonly ServiceMount[] {
  return mounts.map((mount) => serviceMount(mount, volumes));
}

/** One of {@link serviceMounts}. */
export function serviceMount(mount: MountPlan, volumes: readonly VolumePlan[]): ServiceMount {
  if (mount.kind !== "volume") return mount;
  const volume = volumes.find(({ name }) => name === mount.volume);
  if (volume === undefined) throw new Error(`The plan has no volume ${mount.volume}.`);
  return {
    kind: "volume",
    source: volume.name,
    target: mount.target,
    readOnly: mount.readOnly,
    driver: volume.driver,
    driverOptions: volume.driverOptions,
    noCopy: volume.kind === "replicated",
  };
}

/**
 * What mounts a volume that is not the site's. Without options: an engine that has the volume looks at its name and driver only.
 *
 * @param source its name on the engines
 * @param driver as it was found there
 */
export function externalMount(
  { target, readOnly }: { readonly target: string; readonly readOnly: boolean },
  source: string,
  driver: string,
): ServiceMount {
  return { kind: "volume", source, target, readOnly, driver, driverOptions: {}, noCopy: false };
}

/** Names of the replicated volumes among what a service mounts, in alphabetical order. */
export function replicatedVolumes(
  mounts: readonly MountPlan[],
  volumes: readonly VolumePlan[],
): readonly string[] {
  const names = mounts.flatMap((mount) => (mount.kind === "volume" ? [mount.volume] : []));
  return volumes
    .filter(({ name, kind }) => kind === "replicated" && names.includes(name))
    .map(({ name }) => name)
    .sort(compareText);
}
