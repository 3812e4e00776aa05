import { siteLabel } from "./labels";

/** Label with the name in the site, where the name in the Swarm is another. */
export const nameLabel = "hive.name";

/**
 * Who made an object of the Swarm, as far as its labels tell; a sentence part that follows "and
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
