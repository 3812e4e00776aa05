import { compareText, sortedUnique } from "./text-order";

/** What makes a Docker volume of a name the one that is wanted. */
export interface VolumeSettings {
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
}

/** The part of a volume in the Engine API that is read. */
export interface EngineVolume {
  readonly Driver: string;
  readonly Options?: Readonly<Record<string, string>> | null;
}

/**
 * In what a volume that exists differs from the wanted one, e.g. `option o is 'rw', not 'ro'`; empty if it is equal.
 *
 * Values may hold a password, such as that of a network share: they are shown only for options that carry none.
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
 * The failure for a host whose volume has other data than what is wanted: nothing is deleted to change that.
 *
 * @param differences - as {@link volumeDifferences} gives them, not empty.
 */
export function otherVolume(name: string, differences: readonly string[]): string {
  return (
    `has a volume '${name}' already, and ${differences.join("; ")}. Nothing is deleted to change that. ` +
    "Change the volume in the site back, or give it another name and move the data; or, if the data are not needed, " +
    `run on that host: docker volume rm ${name}`
  );
}
