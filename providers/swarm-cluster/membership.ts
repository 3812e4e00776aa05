import type { HostAccess } from "../transport/host-access";

/** A host that hive makes a manager of the Swarm. */
export interface SwarmMember {
  readonly access: HostAccess;
  /** Address at which the other members reach it. */
  readonly advertiseAddress: string;
  /**
   * Labels of its node. hive removes labels that are not in this list if they begin with `hive.`,
   * or if any member has or had a label of this name in the last run. It leaves others alone.
   */
  readonly labels: Readonly<Record<string, string>>;
  /** Changes exactly when the server was replaced by a new one. */
  readonly incarnation: string;
}

/** Inputs of a Swarm as they come over the wire. */
export interface SwarmClusterInputs {
  /** Changes with the code that runs from the state; has no other effect. */
  readonly revision: string;
  /** In order; a new Swarm starts on the first. */
  readonly members: readonly SwarmMember[];
  readonly heartbeatSeconds: number;
  /** Finished tasks kept per slot. */
  readonly taskHistoryLimit: number;
  /**
   * CIDR from which overlay networks are cut, used only when the Swarm is created. Default: the
   * Docker Engine's own.
   */
  readonly overlayPool?: string;
}

/** The state of a Swarm. */
export interface SwarmClusterState extends SwarmClusterInputs {
  readonly clusterId: string;
  /** Node ids by host name. */
  readonly nodeIds: Readonly<Record<string, string>>;
  /** False when a run was interrupted after it created the Swarm; the next run goes on. */
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

/** All inputs of a Swarm, except how its hosts are reached. */
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
