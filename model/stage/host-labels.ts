import type { HostPlan, HostRole } from "../plan";
import { compareText } from "../values/text-order";

/** `hive:labels` of a stage: labels by the name of a server, or by a role. */
export type LabelsByHost = Readonly<
  Record<string, Readonly<Record<string, string | number | boolean>>>
>;

/** The role whose servers are nodes of the Swarm: the only role that can have labels. */
export const labelledRole: HostRole = "cluster";

/** The names of a server. */
type NamedHost = Pick<HostPlan, "index" | "logicalName" | "name" | "role">;

/** The possible names of a server in a stage: `hive0`, its index, or its full name. */
export function namesOfHost(host: NamedHost): readonly string[] {
  return [host.logicalName, String(host.index), host.name];
}

/**
 * The labels that a stage gives to a server, by name in alphabetical order: those of its role, then
 * its own, which win. None for the repository server, which is not a node of the Swarm.
 */
export function labelsOfHost(host: NamedHost, labels: LabelsByHost): Record<string, string> {
  if (host.role !== labelledRole) return {};
  const given = [labelledRole, ...namesOfHost(host)].flatMap((key) =>
    Object.entries(labels[key] ?? {}),
  );
  return Object.fromEntries(
    [...new Map(given)]
      .map(([label, value]): [string, string] => [label, String(value)])
      .sort(([left], [right]) => compareText(left, right)),
  );
}
