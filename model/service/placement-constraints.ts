import type { EngineNode } from "../engine-api/node";
import { nodeLabels as labelsOfNode, zoneLabel } from "../swarm/node-labels";

/** Decides which nodes of a Swarm may run a service's tasks, like Swarm's scheduler. Pure. */

/** The parts of a node that constraints use. */
export type ConstrainedNode = Pick<EngineNode, "ID" | "Description"> & {
  readonly Spec: { readonly Role?: string; readonly Labels?: EngineNode["Spec"]["Labels"] };
};

/**
 * Whether a node meets all constraints. Values are compared case-insensitively, names of labels
 * case-sensitively, a missing label is empty, and no node meets an unknown key (swarmkit,
 * `manager/constraint`).
 *
 * @param constraints `<key>==<value>` or `<key>!=<value>`, spaces allowed. `node.ip` counts as met:
 *   networks are not compared here, and Swarm decides in any case
 */
export function meetsConstraints(node: ConstrainedNode, constraints: readonly string[]): boolean {
  return constraints.every((text) => {
    const constraint = parseConstraint(text);
    if (constraint === undefined) return false;
    const { key, isEqual, value } = constraint;
    if (key.toLowerCase() === "node.ip") return true;
    const actual = attribute(node, key);
    if (actual === undefined) return false;
    return (actual.toLowerCase() === value.toLowerCase()) === isEqual;
  });
}

/** A constraint in its parts. */
interface Constraint {
  readonly key: string;
  /** `==`, or else `!=`. */
  readonly isEqual: boolean;
  readonly value: string;
}

/** Splits like Swarm: at the first `==`, or if there is none at the first `!=`. */
function parseConstraint(text: string): Constraint | undefined {
  const operator = ["==", "!="].find((each) => text.includes(each));
  if (operator === undefined) return undefined;
  const at = text.indexOf(operator);
  return {
    key: text.slice(0, at).trim(),
    isEqual: operator === "==",
    value: text.slice(at + operator.length).trim(),
  };
}

/** The parts of a planned server that constraints use. */
export interface ConstrainedHost {
  readonly name: string;
  readonly role: "cluster" | "repository";
  readonly zone: string;
  /** Its labels from the stage. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A cluster server as a node of the Swarm, with the facts that are known in advance. */
export function plannedNode(host: ConstrainedHost): ConstrainedNode {
  return {
    ID: "",
    Description: { Hostname: host.name, Platform: { OS: "linux" } },
    Spec: { Role: "manager", Labels: labelsOfNode(host) },
  };
}

/**
 * Whether it is known in advance if a server meets a constraint: by its name, role, system, zone
 * and the stage's labels. A label that the stage gives to one server is known for all of them: hive
 * removes it from the others.
 *
 * @param hosts all of the stage
 */
export function isKnownWhenPlanned(text: string, hosts: readonly ConstrainedHost[]): boolean {
  const key = sameKey(parseConstraint(text)?.key ?? "");
  if (["node.hostname", "node.role", "node.platform.os"].includes(key)) return true;
  const label = labelOf(text);
  return label !== undefined && knownLabels(hosts).includes(label);
}

/** The node label of a constraint; undefined for other constraints. */
export function labelOf(text: string): string | undefined {
  const key = sameKey(parseConstraint(text)?.key ?? "");
  return key.startsWith(nodeLabels) ? key.slice(nodeLabels.length) : undefined;
}

/** Whether a constraint requires a value, instead of excluding one. */
export function requiresValue(text: string): boolean {
  return parseConstraint(text)?.isEqual === true;
}

/**
 * Names of the node labels whose values are known in advance: the zone, and the stage's labels.
 */
export function knownLabels(hosts: readonly ConstrainedHost[]): readonly string[] {
  return [...new Set([zoneLabel, ...hosts.flatMap(({ labels }) => Object.keys(labels))])];
}

/**
 * The cluster servers of a stage that meet all constraints of a service, as far as this is known in
 * advance. Unknown constraints count as met, since an operator may set a label by hand; so the
 * result may contain too many servers, never too few. It is empty if two constraints always exclude
 * each other.
 *
 * @param hosts all of the stage
 */
export function eligibleHosts<Host extends ConstrainedHost>(
  constraints: readonly string[],
  hosts: readonly Host[],
): readonly Host[] {
  if (contradict(constraints, constraints)) return [];
  const known = constraints.filter((text) => isKnownWhenPlanned(text, hosts));
  return hosts.filter(
    (host) => host.role === "cluster" && meetsConstraints(plannedNode(host), known),
  );
}

const nodeLabels = "node.labels.";
const engineLabels = "engine.labels.";

/** Keys besides labels, in lower case. */
const attributeKeys = [
  "node.id",
  "node.hostname",
  "node.ip",
  "node.role",
  "node.platform.os",
  "node.platform.arch",
];

/**
 * The problem of a constraint, in words; undefined when there is none. Finds constraints that Swarm
 * refuses (swarmkit, `manager/constraint/constraint.go`, `Parse`), and keys that it accepts but no
 * server ever meets (`NodeMatches`).
 */
export function constraintFault(text: string): string | undefined {
  const constraint = parseConstraint(text);
  if (constraint === undefined) return "is not a valid constraint: it has neither == nor !=";
  const { key, value } = constraint;
  if (!isKnownKey(key)) {
    return `is not a valid constraint: servers have no '${key}'`;
  }
  if (!isComparableValue(value)) {
    return `is not a valid constraint: ${value === "" ? "there is no value" : `'${value}' is not a valid value`}`;
  }
  return undefined;
}

/** Whether Swarm accepts this value of a constraint. */
export function isComparableValue(value: string): boolean {
  return /^[a-z0-9:\-_\s.*()?+[\]\\^$|/]+$/i.test(value);
}

/** Whether Swarm accepts this key of a constraint. */
export function isKnownKey(key: string): boolean {
  const lower = key.toLowerCase();
  const isLabel = [nodeLabels, engineLabels].some(
    (prefix) => lower.startsWith(prefix) && lower.length > prefix.length,
  );
  return (isLabel || attributeKeys.includes(lower)) && /^[a-z_][a-z0-9\-_.]+$/i.test(key);
}

/**
 * Whether no server can ever meet both lists: one requires a value that the other excludes, or both
 * require different values of the same key. A server has one value per key, so this is independent
 * of later labels. False if unknown: `node.ip` also accepts networks, which can contain each other.
 */
export function contradict(left: readonly string[], right: readonly string[]): boolean {
  const parsed = (constraints: readonly string[]): readonly Constraint[] =>
    constraints.flatMap((text) => {
      const constraint = parseConstraint(text);
      if (constraint === undefined || constraint.key.toLowerCase() === "node.ip") return [];
      return [
        { ...constraint, key: sameKey(constraint.key), value: constraint.value.toLowerCase() },
      ];
    });
  const others = parsed(right);
  return parsed(left).some((mine) =>
    others.some((other) => {
      if (mine.key !== other.key || (!mine.isEqual && !other.isEqual)) return false;
      return mine.isEqual === other.isEqual
        ? mine.value !== other.value
        : mine.value === other.value;
    }),
  );
}

/**
 * A key in its normal form, in which equivalent keys are equal: names of labels keep their case.
 */
function sameKey(key: string): string {
  const lower = key.toLowerCase();
  const prefix = [nodeLabels, engineLabels].find((each) => lower.startsWith(each));
  return prefix === undefined ? lower : `${prefix}${key.slice(prefix.length)}`;
}

/**
 * Whether constraints allow at most one server, as far as known in advance: by hive's facts about
 * the servers, or because a constraint requires a label, id or address that an operator has chosen
 * for this.
 */
export function pinsToOneServer(
  constraints: readonly string[],
  hosts: readonly ConstrainedHost[],
): boolean {
  const asksForMore = constraints.some(
    (text) => !isKnownWhenPlanned(text, hosts) && requiresValue(text),
  );
  return asksForMore || eligibleHosts(constraints, hosts).length <= 1;
}

/** A node's value of a constraint's key; undefined for an unknown key. */
function attribute(node: ConstrainedNode, key: string): string | undefined {
  const lower = key.toLowerCase();
  if (lower.startsWith(nodeLabels)) return node.Spec.Labels?.[key.slice(nodeLabels.length)] ?? "";
  if (lower.startsWith(engineLabels)) {
    return node.Description.Engine?.Labels?.[key.slice(engineLabels.length)] ?? "";
  }
  switch (lower) {
    case "node.id":
      return node.ID;
    case "node.hostname":
      return node.Description.Hostname;
    case "node.role":
      return node.Spec.Role ?? "";
    case "node.platform.os":
      return node.Description.Platform?.OS ?? "";
    case "node.platform.arch":
      return node.Description.Platform?.Architecture ?? "";
    default:
      return undefined;
  }
}
