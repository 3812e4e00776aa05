/** What was found out about a stage; `hive status --json` prints it. */
export interface StatusReport {
  readonly stage: string;
  readonly site: string;
  /** In index order. */
  readonly hosts: readonly HostStatus[];
  readonly cluster: ClusterStatus;
  /** By name in alphabetical order. */
  readonly services: readonly ServiceStatus[];
  /** What is wrong, in plain words; empty when all is well. */
  readonly problems: readonly string[];
}

/** A server. */
export interface HostStatus {
  readonly name: string;
  readonly role: "cluster" | "repository";
  readonly zone: string;
  readonly privateAddress: string;
  /** SSH answered. */
  readonly reachable: boolean;
  /** Why not. */
  readonly reason?: string;
  /** What `systemctl is-system-running` says, e.g. `running`, `degraded`. */
  readonly system?: string;
  /** Units that failed. */
  readonly failedUnits: readonly string[];
  /** Version of the Docker Engine; absent when it does not answer. */
  readonly engine?: string;
  /** Used part of the disk that holds the engine's data, percent. */
  readonly diskUsedPercent?: number;
  /** What the Swarm says about it; absent for the repository server and while no manager answers. */
  readonly swarm?: NodeStatus;
}

/** A host as a node of the Swarm. */
export interface NodeStatus {
  readonly manager: boolean;
  readonly leader: boolean;
  /** `ready`, `down`, `unknown`, `disconnected`. */
  readonly state: string;
  /** `active`, `drain`, `pause`. */
  readonly availability: string;
}

/** The Swarm as a whole. */
export interface ClusterStatus {
  /** A manager with quorum answered. */
  readonly answers: boolean;
  /** Why not. */
  readonly reason?: string;
  readonly leader?: string;
}

/** A service. */
export interface ServiceStatus {
  readonly name: string;
  readonly mode: "global" | "replicated" | "job";
  readonly wanted: number;
  readonly running: number;
  /** Reference by digest. */
  readonly image: string;
  /** Short names of the hosts on which it runs. */
  readonly hosts: readonly string[];
  /** Error of the newest task that failed, while tasks are wanting. */
  readonly error?: string;
  readonly endpoints: readonly string[];
}
