import type { ConvergeKeep } from "./converge";
import { quote } from "./shell";

/** Where earlier releases put the site's authority for every program of a host to trust. */
function certificatePath(siteName: string): string {
  return `/usr/local/share/ca-certificates/hive-${siteName}.crt`;
}

/**
 * A command for bash that takes the site's authority out of the host's certificate store; where it
 * is not, the command does nothing. It may be interrupted: the file is gone only when the store is
 * made anew, under a name which the store does not read until then.
 */
export function leaveSystemStore(siteName: string): string {
  const path = quote(certificatePath(siteName));
  return `if [ -e ${path} ]; then mv -f ${path} ${path}.gone; fi
if [ -e ${path}.gone ]; then
  update-ca-certificates --fresh
  rm -f ${path}.gone
fi`;
}

/**
 * The setting that no program of a host trusts the site's authority, except those that are told to.
 * The Docker Engine and hive's own requests have the file of the registry.
 */
export function outOfSystemStore(siteName: string): ConvergeKeep {
  const path = quote(certificatePath(siteName));
  return {
    what: "the site's authority in the system's certificate store: removed",
    holds: `[ ! -e ${path} ] && [ ! -e ${path}.gone ]`,
    make: leaveSystemStore(siteName),
  };
}
