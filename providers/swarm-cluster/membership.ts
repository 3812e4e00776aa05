import type { HostAccess } from "../transport/host-access";

/** A host that is to be a manager of the Swarm. */
export interface SwarmMember {
  readonly access: HostAccess;
  /** Address under which the other members reach it. */
  readonly advertiseAddress: string;
  /**
   * Labels that its node has. Those that begin with `hive.` and are not here are removed, and so
   * are those whose names any member has or had in the last run; others are left alone.
   */
  readonly labels: Readonly<Record<string, string>>;
  /** Changes exactly when the server was replaced by a new one. */
  readonly incarnation: string;
}

/** Inputs of a Swarm as they come over the wire. */
export interface SwarmClusterInputs {
  /** Bumped when code that runs from the state changes; changes nothing else. */
  readonly revision: string;
  /** In order; a new Swarm begins on the first. */
  readonly members: readonly SwarmMember[];
  readonly heartbeatSeconds: number;
  /** Finished tasks kept per slot. */
  readonly taskHistoryLimit: number;
  /**
   * CIDR from which overlay networks are cut, used only when the Swarm is made. Default: the
   * engine's own.
   */
  readonly overlayPool?: string;
}

/** What the state holds of a Swarm. */
export interface SwarmClusterState extends SwarmClusterInputs {
  readonly clusterId: string;
  /** Node ids by host name. */
  readonly nodeIds: Readonly<Record<string, string>>;
  /** False when a run was broken off after the Swarm was begun; the next one goes on. */
  readonly complete: boolean;
}

/** Names of all inputs. */
export const swarmClusterInputs = [
  "revision",
  "members",
  "heartbeatSeconds",
  "taskHistoryLimit",
  "overlayPool",
] as const;

/** All that a Swarm is made of, without how its hosts are reached. */
export function contentOf(inputs: SwarmClusterInputs): unknown {
  return {
    members: inputs.members.map(({ access, advertiseAddress, labels, incarnation }) => ({
      name: access.name,
      advertiseAddress,
      labels,
      incarnation,
    })),
    heartbeatSeconds: inputs.heartbeatSeconds,
    taskHistoryLimit: inputs.taskHistoryLimit,
  };
}
