import { isColocationLabel } from "../service/colocation";

/**
 * Prefix of hive's own node labels: the stage's configuration must not contain any of them.
 */
export const reservedLabelPrefix = "hive.";

/** Node label with the availability zone of a server. */
export const zoneLabel = "hive.zone";

/**
 * The labels of a cluster server's node: those of the stage's `hive:labels`, and hive's own.
 */
export function nodeLabels(host: {
  readonly labels: Readonly<Record<string, string>>;
  readonly zone: string;
}): Record<string, string> {
  return { ...host.labels, [zoneLabel]: host.zone };
}

/**
 * Whether hive sets and removes a label of a node: its own labels, and names that it gives to any
 * node. Labels of services that run together belong to the agent, and others to whoever set them.
 *
 * @param given names that hive gives to any node, or gave
 */
export function isKeptLabel(name: string, given: readonly string[]): boolean {
  if (isColocationLabel(name)) return false;
  return name.startsWith(reservedLabelPrefix) || given.includes(name);
}
