import { isColocationLabel } from "../service/colocation";

/**
 * Begins the names of node labels that hive keeps for itself: the stage's configuration names none
 * of them.
 */
export const reservedLabelPrefix = "hive.";

/** Node label with the availability zone of a server. */
export const zoneLabel = "hive.zone";

/**
 * The labels that the node of a cluster server has: those of the stage's `hive:labels`, and hive's
 * own.
 */
export function nodeLabels(host: {
  readonly labels: Readonly<Record<string, string>>;
  readonly zone: string;
}): Record<string, string> {
  return { ...host.labels, [zoneLabel]: host.zone };
}

/**
 * Whether hive sets and removes a label of a node: its own ones, and those of which it gives the
 * name to any node. Labels of services that run together are the agent's, and others are whoever's
 * set them.
 *
 * @param given names that hive gives to any node, or gave
 */
export function isKeptLabel(name: string, given: readonly string[]): boolean {
  if (isColocationLabel(name)) return false;
  return name.startsWith(reservedLabelPrefix) || given.includes(name);
}
