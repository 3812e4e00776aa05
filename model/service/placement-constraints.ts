import type { EngineNode } from "../engine-api/node";
import { nodeLabels as labelsOfNode, zoneLabel } from "../swarm/node-labels";

/** Which nodes of a Swarm may run a service's tasks, as the engine's scheduler decides it. Pure. */

/** What constraints look at in a node. */
export type ConstrainedNode = Pick<EngineNode, "ID" | "Description"> & {
  readonly Spec: { readonly Role?: string; readonly Labels?: EngineNode["Spec"]["Labels"] };
};

/**
 * Whether a node meets all constraints. Values are compared without regard to case, names of labels
 * with it, a label that is not there is empty, and a key that the engine does not know is met by no
 * node (swarmkit, `manager/constraint`).
 *
 * @param constraints `<key>==<value>` or `<key>!=<value>`, spaces allowed. `node.ip` is taken as
 *   met: its networks are not compared here, and the engine decides in any case
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

/** Splits as the engine does: at the first `==`, and only where there is none at the first `!=`. */
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

/** A server of a plan, as far as constraints look at it. */
export interface ConstrainedHost {
  readonly name: string;
  readonly role: "cluster" | "repository";
  readonly zone: string;
  /** Labels that the stage gives to it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A cluster server as a node of the Swarm, with what is known of it before it is there. */
export function plannedNode(host: ConstrainedHost): ConstrainedNode {
  return {
    ID: "",
    Description: { Hostname: host.name, Platform: { OS: "linux" } },
    Spec: { Role: "manager", Labels: labelsOfNode(host) },
  };
}

/**
 * Whether it is known before a server is there if it meets a constraint: by its name, role, system,
 * zone and the labels that the stage gives to servers. A label that the stage gives to one of them
 * is known of all: hive removes it from the others.
 *
 * @param hosts all of the stage
 */
export function isKnownWhenPlanned(text: string, hosts: readonly ConstrainedHost[]): boolean {
  const key = sameKey(parseConstraint(text)?.key ?? "");
  if (["node.hostname", "node.role", "node.platform.os"].includes(key)) return true;
  const label = labelOf(text);
  return label !== undefined && knownLabels(hosts).includes(label);
}

/** The node label that a constraint is about; undefined for one about something else. */
export function labelOf(text: string): string | undefined {
  const key = sameKey(parseConstraint(text)?.key ?? "");
  return key.startsWith(nodeLabels) ? key.slice(nodeLabels.length) : undefined;
}

/** Whether a constraint asks for a value, and is not met by anything but one. */
export function requiresValue(text: string): boolean {
  return parseConstraint(text)?.isEqual === true;
}

/**
 * Names of the node labels of which the values are known before: the zone, and those that the stage
 * gives to servers.
 */
export function knownLabels(hosts: readonly ConstrainedHost[]): readonly string[] {
  return [...new Set([zoneLabel, ...hosts.flatMap(({ labels }) => Object.keys(labels))])];
}

/**
 * The cluster servers of a stage that meet all constraints of a service, as far as this is known
 * before they are there. Others count as met, since an operator may set a label by hand; so more
 * servers are here than in truth, never fewer. None where two constraints exclude each other
 * whatever labels servers get.
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

/** Keys beside labels, in lower case. */
const attributeKeys = [
  "node.id",
  "node.hostname",
  "node.ip",
  "node.role",
  "node.platform.os",
  "node.platform.arch",
];

/**
 * What is wrong with a constraint, in words; undefined when nothing is. What the engine refuses
 * (swarmkit, `manager/constraint/constraint.go`, `Parse`), and keys that it takes and that no
 * server ever meets (`NodeMatches`).
 */
export function constraintFault(text: string): string | undefined {
  const constraint = parseConstraint(text);
  if (constraint === undefined)
    return "is not a condition that Swarm takes: it has neither == nor !=";
  const { key, value } = constraint;
  if (!isKnownKey(key)) {
    return `is not a condition that Swarm takes: '${key}' is nothing that a server has`;
  }
  if (!isComparableValue(value)) {
    return `is not a condition that Swarm takes: ${value === "" ? "there is no value" : `'${value}' is no value that can be compared`}`;
  }
  return undefined;
}

/** Whether the engine takes this as the value of a constraint. */
export function isComparableValue(value: string): boolean {
  return /^[a-z0-9:\-_\s.*()?+[\]\\^$|/]+$/i.test(value);
}

/** Whether the engine takes this as the key of a constraint. */
export function isKnownKey(key: string): boolean {
  const lower = key.toLowerCase();
  const isLabel = [nodeLabels, engineLabels].some(
    (prefix) => lower.startsWith(prefix) && lower.length > prefix.length,
  );
  return (isLabel || attributeKeys.includes(lower)) && /^[a-z_][a-z0-9\-_.]+$/i.test(key);
}

/**
 * Whether no server can ever meet both lists: one wants a value of the same thing that the other
 * excludes, or wants otherwise. A server has one value of each, so this holds whatever labels
 * servers get later. False where it cannot be told: `node.ip` takes networks too, which can contain
 * each other.
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

/** A key in the form in which two that mean the same are equal: names of labels keep their case. */
function sameKey(key: string): string {
  const lower = key.toLowerCase();
  const prefix = [nodeLabels, engineLabels].find((each) => lower.startsWith(each));
  return prefix === undefined ? lower : `${prefix}${key.slice(prefix.length)}`;
}

/**
 * Whether constraints leave one server at most, as far as it is known before: by what hive knows of
 * the servers, or because one asks for a label, id or address that somebody has chosen for this.
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

/** What a node has under a constraint's key; undefined for a key that there is not. */
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
