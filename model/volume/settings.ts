import type { EngineVolume } from "../engine-api/volume";
import { siteLabel } from "../swarm/labels";
import { describeOwner } from "../swarm/owner";
import { compareText, sortedUnique } from "../values/text-order";

/** What makes a Docker volume of a name the one that is wanted. */
export interface VolumeSettings {
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
}

/**
 * In what a volume that exists differs from the wanted one, e.g. `option o is 'rw', not 'ro'`;
 * empty if it is equal.
 *
 * Values may hold a password, such as that of a network share: they are shown only for options that
 * carry none.
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

/** A container that has a volume; while there is one, the engine does not remove the volume. */
export interface VolumeHolder {
  readonly container: string;
  /** The engine's word, e.g. `running`, `exited`. */
  readonly state: string;
  /** Name of the service that it is a task of. */
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
 * The failure for a host whose volume has other data than what is wanted: nothing is deleted to
 * change that.
 *
 * @param differences - as {@link volumeDifferences} gives them, not empty.
 * @param holders - what has the volume there: the engine removes it only after them.
 */
export function otherVolume(
  name: string,
  differences: readonly string[],
  holders: readonly VolumeHolder[],
): string {
  return (
    `has a volume '${name}' already, and ${differences.join("; ")}. Nothing is deleted to change that. ` +
    "Change the volume in the site back, or give it another name and move the data; or, if the data are not needed, " +
    `run on that host: ${removalCommand(name, holders)}`
  );
}

/**
 * Commands that remove a volume with what has it, ready to copy. Services are made again by a run
 * that looks at the Swarm.
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
 * Whether a volume that exists carries the label of the site, so that its data are the site's to
 * remove.
 */
export function isOfSite(seen: EngineVolume, site: string): boolean {
  return seen.Labels?.[siteLabel] === site;
}

/**
 * Why a volume of the wanted name cannot be used by the site: somebody else made it, and its data
 * are theirs. `undefined` if nothing speaks against it.
 *
 * Without a label only a volume of the driver `local` is known to be another's. Of a plugin the
 * engine also shows, and then without labels, what it did not make itself (moby, volume/service: a
 * driver is asked for names that the engine has no record of), such as a volume that a server had
 * before it was built anew. It may be used, but is not removed.
 */
export function foreignVolume(name: string, seen: EngineVolume, site: string): string | undefined {
  if (isOfSite(seen, site)) return undefined;
  if (seen.Labels?.[siteLabel] === undefined && seen.Driver !== "local") return undefined;
  return (
    `has a volume '${name}' already, and it ${describeOwner(seen.Labels, site)}. Nothing of another's is used or deleted. ` +
    "Give the volume in the site another name; or, if the data are not needed (move them first if they are), " +
    `run on that host: docker volume rm ${name}`
  );
}
