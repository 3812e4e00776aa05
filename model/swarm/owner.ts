import { siteLabel } from "./labels";

/** Label with the name in the site, if the name in the Swarm differs. */
export const nameLabel = "hive.name";

/**
 * The owner of an object of the Swarm, according to its labels; a part of a sentence after "and
 * it".
 */
export function describeOwner(
  labels: Readonly<Record<string, string>> | null | undefined,
  site: string,
): string {
  const owner = labels?.[siteLabel];
  return owner === undefined
    ? `does not carry the label ${siteLabel}, so it was not made by this program`
    : `belongs to the site '${owner}', not to '${site}'`;
}
