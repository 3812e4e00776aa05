/**
 * What was seen of a Swarm and what is wanted of it: the input of `swarm-membership.ts`. Plain
 * data.
 */

/** What a host's own engine says of its part in a Swarm (`GET /info`, field `Swarm`). */
export type HostSwarmState =
  | {
      readonly state: "unreachable";
      /** Why, as far as known. */
      readonly detail?: string;
    }
  | { readonly state: "inactive" }
  | {
      /**
       * `pending`: still starting. `error`: the engine cannot take part any more. `locked`: waits
       * for the unlock key.
       */
      readonly state: "pending" | "error" | "locked";
      readonly detail?: string;
    }
  | {
      readonly state: "active";
      /** The id of its node. */
      readonly nodeId: string;
      /** Whether it takes part as manager (`ControlAvailable`). */
      readonly isManager: boolean;
      /** The id of its Swarm; engines tell it on managers only. */
      readonly clusterId?: string;
    };

/** A node as a manager lists it (`GET /nodes`). */
export interface SwarmNode {
  readonly id: string;
  readonly hostname: string;
  readonly status: "ready" | "down" | "unknown" | "disconnected";
  /** The wanted role (`Spec.Role`). */
  readonly role: "manager" | "worker";
  /** Present when the node has a vote (`ManagerStatus`). */
  readonly managerReachability?: "reachable" | "unreachable" | "unknown";
  readonly leader: boolean;
  readonly availability: SwarmAvailability;
  readonly labels: Readonly<Record<string, string>>;
  /** The address that the node advertises. */
  readonly addr: string;
}

/** Whether a node takes tasks: `pause` takes no new ones, `drain` gives up those that it has. */
export type SwarmAvailability = "active" | "pause" | "drain";

/** The Swarm as a manager that has a majority behind it sees it. */
export interface SwarmView {
  /** Name of the host that was asked. */
  readonly through: string;
  readonly clusterId: string;
  readonly nodes: readonly SwarmNode[];
  readonly heartbeatSeconds: number;
  readonly taskHistoryLimit: number;
  /**
   * Where it takes the networks of services from (`DefaultAddrPool`); absent when it does not tell.
   */
  readonly overlayPools?: readonly string[];
}

/** All that was seen. */
export interface SwarmObservation {
  /** By host name, wanted and departed hosts; one that is missing counts as unreachable. */
  readonly hosts: Readonly<Record<string, HostSwarmState>>;
  /** Absent when no manager answers that lists nodes, i.e. none has a majority behind it. */
  readonly view?: SwarmView;
}

/** A host that is to be a manager. */
export interface WantedMember {
  /** Host name, which is the node's name too. */
  readonly name: string;
  /**
   * Labels that the node must have. Labels that begin with `hive.` and are not here are removed,
   * and so are those whose names another member has, or had ({@link WantedSwarm.formerLabels});
   * others are left alone.
   */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Default: whatever it is, so that a host that was drained for maintenance stays drained. A new
   * node is `active`.
   */
  readonly availability?: SwarmAvailability;
}

/** What the Swarm is to be. */
export interface WantedSwarm {
  /** In order; a new Swarm begins on the first one that answers. All become managers. */
  readonly members: readonly WantedMember[];
  /**
   * Names of hosts that were members of ours and are no more. Other nodes that we do not know are
   * left alone. Default: none.
   */
  readonly departed?: readonly string[];
  /** Names of labels that an earlier run gave to members. Default: none. */
  readonly formerLabels?: readonly string[];
  readonly heartbeatSeconds: number;
  readonly taskHistoryLimit: number;
  /**
   * Where a new Swarm takes the networks of services from, a CIDR. It cannot be changed later.
   * Default: Docker's own 10.0.0.0/8.
   */
  readonly overlayPool?: string;
}
