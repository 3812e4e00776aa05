import type { SwarmAvailability } from "./observation";

/**
 * One change of a Swarm. `host` is the host on which a command runs; `through` is the manager that
 * is asked to change the cluster; `nodeId` is absent for a node that an earlier step creates (then
 * the host's own Docker Engine knows it).
 *
 * The executor carries out one step at a time and waits after each: after `init`, `join` and
 * `promote` until the node is `ready` and a reachable manager, after `demote` until it no longer
 * has a vote, after `availability` with `drain` until no task is left on it or a deadline has
 * passed.
 */
export type SwarmStep =
  /** Creates a new Swarm on this host. */
  | {
      readonly kind: "init";
      readonly host: string;
      /** `DefaultAddrPool` of the new Swarm, with a /24 for each network. Absent: Docker's own. */
      readonly overlayPool?: string;
    }
  /** Makes this host leave its Swarm (`force`: even if it believes to be a manager). */
  | { readonly kind: "leave"; readonly host: string; readonly force: boolean }
  /** Makes this host join as a manager. */
  | { readonly kind: "join"; readonly host: string; readonly through: string }
  /** Makes a worker a manager. */
  | NodeStep<"promote">
  /** Makes a manager a worker. */
  | NodeStep<"demote">
  /** Removes a node from the list, even if it is not known to be down. */
  | NodeStep<"remove">
  /** Sets and removes labels, leaving others alone. */
  | (NodeStep<"labels"> & {
      readonly set: Readonly<Record<string, string>>;
      readonly unset: readonly string[];
    })
  | (NodeStep<"availability"> & { readonly availability: SwarmAvailability })
  /** Sets cluster-wide settings. */
  | {
      readonly kind: "settings";
      readonly through: string;
      readonly heartbeatSeconds: number;
      readonly taskHistoryLimit: number;
    };

interface NodeStep<K extends string> {
  readonly kind: K;
  /** Host name of the node. */
  readonly name: string;
  readonly nodeId?: string;
  readonly through: string;
}

/** A step in words, for progress and errors. */
export function describeSwarmStep(step: SwarmStep): string {
  switch (step.kind) {
    case "init":
      return `create a Swarm on ${step.host}`;
    case "leave":
      return `make ${step.host} leave its Swarm`;
    case "join":
      return `make ${step.host} join as a manager through ${step.through}`;
    case "promote":
      return `promote ${step.name} to a manager`;
    case "demote":
      return `demote ${step.name}${nodeText(step.nodeId)}`;
    case "remove":
      return `remove ${step.name}${nodeText(step.nodeId)} from the list of nodes`;
    case "labels":
      return `set the labels of ${step.name}`;
    case "availability":
      return `set the availability of ${step.name} to ${step.availability}`;
    case "settings":
      return `set the heartbeat to ${step.heartbeatSeconds} s and the task history to ${step.taskHistoryLimit}`;
  }
}

function nodeText(nodeId: string | undefined): string {
  return nodeId === undefined ? "" : ` (node ${nodeId})`;
}
