/** Which nodes of a Swarm may run a service's tasks, as the engine's scheduler decides it. Pure. */

/** A node as `GET /nodes` lists it, as far as constraints look at it. */
export interface ConstrainedNode {
  readonly ID: string;
  readonly Description: {
    readonly Hostname: string;
    readonly Platform?: { readonly OS?: string; readonly Architecture?: string };
    readonly Engine?: { readonly Labels?: Readonly<Record<string, string>> | null };
  };
  readonly Spec: {
    readonly Role?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
}

/**
 * Whether a node meets all constraints. Values are compared without regard to case, names of labels with it, a label that is
 * not there is empty, and a key that the engine does not know is met by no node (swarmkit, `manager/constraint`).
 *
 * @param constraints `<key>==<value>` or `<key>!=<value>`, spaces allowed. `node.ip` is taken as met: its networks are not
 *   compared here, and the engine decides in any case
 */
export function meetsConstraints(node: ConstrainedNode, constraints: readonly string[]): boolean {
  return constraints.every((constraint) => {
    const parts = /^\s*(.+?)\s*(==|!=)\s*(.*?)\s*$/.exec(constraint);
    if (parts === null) return false;
    const [, key = "", operator, value = ""] = parts;
    if (key.toLowerCase() === "node.ip") return true;
    const actual = attribute(node, key);
    if (actual === undefined) return false;
    return (actual.toLowerCase() === value.toLowerCase()) === (operator === "==");
  });
}

const nodeLabels = "node.labels.";
const engineLabels = "engine.labels.";

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
