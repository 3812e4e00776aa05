import type { EngineVolume } from "../engine-api/volume";
import { siteLabel } from "../swarm/labels";
import { describeOwner } from "../swarm/owner";
import { compareText, sortedUnique } from "../values/text-order";

/** The settings of a Docker volume that must match the wanted ones. */
export interface VolumeSettings {
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
}

/**
 * The differences between an existing and the wanted volume, e.g. `option o is 'rw', not 'ro'`;
 * empty if they are equal.
 *
 * Values may contain a password, such as that of a network share: they are shown only for options
 * without one.
 */
export function volumeDifferences(seen: EngineVolume, wanted: VolumeSettings): readonly string[] {
  const differences: string[] = [];
  if (seen.Driver !== wanted.driver) {
    differences.push(`its driver is '${seen.Driver}', not '${wanted.driver}'`);
  }
  const options = seen.Options ?? {};
  for (const name of sortedUnique([
    ...Object.keys(options),
    ...Object.keys(wanted.driverOptions),
  ])) {
    const [has, wants] = [options[name], wanted.driverOptions[name]];
    if (has !== wants) differences.push(describeOption(name, has, wants));
  }
  return differences.sort(compareText);
}

function describeOption(name: string, has: string | undefined, wants: string | undefined): string {
  if (has === undefined) return `its option ${name} is missing`;
  if (wants === undefined) return `it has an option ${name} that is not wanted`;
  return ["device", "type"].includes(name)
    ? `its option ${name} is '${has}', not '${wants}'`
    : `its option ${name} has another value`;
}

/**
 * A container that uses a volume; while there is one, the Docker Engine does not remove the volume.
 */
export interface VolumeHolder {
  readonly container: string;
  /** State in Docker Engine's words, e.g. `running`, `exited`. */
  readonly state: string;
  /** Name of its service, if it is a task. */
  readonly service?: string;
}

/** Containers in words, e.g. `web.1.x8f (exited, a task of the service web)`. */
export function describeHolders(holders: readonly VolumeHolder[]): string {
  return holders
    .map(({ container, state, service }) =>
      service === undefined
        ? `${container} (${state})`
        : `${container} (${state}, a task of the service ${service})`,
    )
    .join(", ");
}

/**
 * The error for a host whose volume differs from the wanted one: hive deletes nothing to change
 * that.
 *
 * @param differences - from {@link volumeDifferences}, not empty.
 * @param holders - users of the volume there: the Docker Engine removes it only after them.
 */
export function otherVolume(
  name: string,
  differences: readonly string[],
  holders: readonly VolumeHolder[],
): string {
  return (
    `has a volume '${name}' already, and ${differences.join("; ")}. hive deletes nothing to change that. ` +
    "Change the volume in the site back, or give it another name and move the data; or, if the data is not needed, " +
    `run on that host: ${removalCommand(name, holders)}`
  );
}

/**
 * Commands that remove a volume with its users, ready to copy. A run with `--refresh` recreates the
 * services.
 */
function removalCommand(name: string, holders: readonly VolumeHolder[]): string {
  if (holders.length === 0) return `docker volume rm ${name}`;
  const services = holders.flatMap(({ service }) => service ?? []);
  const others = holders.filter(({ service }) => service === undefined);
  const ending = [
    ...(services.length === 0 ? [] : [`docker service rm ${sortedUnique(services).join(" ")}`]),
    ...(others.length === 0
      ? []
      : [`docker rm --force ${others.map(({ container }) => container).join(" ")}`]),
  ].join("; ");
  const again = services.length === 0 ? "" : "; then: npx hive up --refresh";
  return `${ending}; until docker volume rm ${name}; do sleep 1; done${again} (${describeHolders(holders)} has the volume)`;
}

/**
 * Whether an existing volume has the label of the site, so that hive may remove its data.
 */
export function isOfSite(seen: EngineVolume, site: string): boolean {
  return seen.Labels?.[siteLabel] === site;
}

/**
 * The reason why the site cannot use an existing volume of the wanted name: it belongs to somebody
 * else. `undefined` if there is none.
 *
 * Without a label only a volume of the driver `local` certainly belongs to somebody else. For a
 * plugin the Docker Engine also lists, without labels, volumes that it did not create itself (moby,
 * volume/service: it asks a driver for unknown names), such as a volume from before a server was
 * rebuilt. hive may use such a volume, but does not remove it.
 */
export function foreignVolume(name: string, seen: EngineVolume, site: string): string | undefined {
  if (isOfSite(seen, site)) return undefined;
  if (seen.Labels?.[siteLabel] === undefined && seen.Driver !== "local") return undefined;
  return (
    `has a volume '${name}' already, and it ${describeOwner(seen.Labels, site)}. hive does not use or delete it. ` +
    "Give the volume in the site another name; or, if the data is not needed (move them first if they are), " +
    `run on that host: docker volume rm ${name}`
  );
}
