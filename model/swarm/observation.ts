/**
 * The observed and the wanted Swarm: the input of `membership.ts`. Plain data.
 */

/** The report of a host's Docker Engine about its Swarm membership (`GET /info`, field `Swarm`). */
export type HostSwarmState =
  | {
      readonly state: "unreachable";
      /** The reason, if known. */
      readonly detail?: string;
    }
  | { readonly state: "inactive" }
  | {
      /**
       * `pending`: still starting. `error`: the engine can no longer take part. `locked`: waits for
       * the unlock key.
       */
      readonly state: "pending" | "error" | "locked";
      readonly detail?: string;
    }
  | {
      readonly state: "active";
      /** The id of its node. */
      readonly nodeId: string;
      /** Whether it is an active manager (`ControlAvailable`). */
      readonly isManager: boolean;
      /** The id of its Swarm; only managers report it. */
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

/**
 * Whether a node takes tasks: `pause` takes no new ones, `drain` also gives up its present ones.
 */
export type SwarmAvailability = "active" | "pause" | "drain";

/** The Swarm in the view of a manager with quorum. */
export interface SwarmView {
  /** Name of the host that was asked. */
  readonly through: string;
  readonly clusterId: string;
  readonly nodes: readonly SwarmNode[];
  readonly heartbeatSeconds: number;
  readonly taskHistoryLimit: number;
  /**
   * Its pool for the networks of services (`DefaultAddrPool`); absent when it does not report it.
   */
  readonly overlayPools?: readonly string[];
}

/** All observed facts. */
export interface SwarmObservation {
  /** By host name, wanted and departed hosts; a missing one counts as unreachable. */
  readonly hosts: Readonly<Record<string, HostSwarmState>>;
  /** Absent when no manager lists nodes, i.e. none has quorum. */
  readonly view?: SwarmView;
}

/** A host that must be a manager. */
export interface WantedMember {
  /** Host name, which is the node's name too. */
  readonly name: string;
  /**
   * Labels that the node must have. hive removes other labels if they begin with `hive.`, or if
   * another member has or had a label of this name ({@link WantedSwarm.formerLabels}). It leaves
   * all others alone.
   */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Default: unchanged, so that a host that was drained for maintenance stays drained. A new
   * node is `active`.
   */
  readonly availability?: SwarmAvailability;
}

/** The wanted Swarm. */
export interface WantedSwarm {
  /** In order; a new Swarm starts on the first one that answers. All become managers. */
  readonly members: readonly WantedMember[];
  /**
   * Names of former members. Other unknown nodes are left alone. Default: none.
   */
  readonly departed?: readonly string[];
  /** Names of labels that an earlier run gave to members. Default: none. */
  readonly formerLabels?: readonly string[];
  readonly heartbeatSeconds: number;
  readonly taskHistoryLimit: number;
  /**
   * Pool of a new Swarm for the networks of services, a CIDR. It cannot be changed later.
   * Default: Docker's own 10.0.0.0/8.
   */
  readonly overlayPool?: string;
}
