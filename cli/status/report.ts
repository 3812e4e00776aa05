/** The status of a stage; `hive status --json` prints it. */
export interface StatusReport {
  readonly stage: string;
  readonly site: string;
  /** In index order. */
  readonly hosts: readonly HostStatus[];
  readonly cluster: ClusterStatus;
  /** By name in alphabetical order. */
  readonly services: readonly ServiceStatus[];
  /** Services that the stage deployed and that the Swarm does not have: somebody removed them. */
  readonly removedServices: readonly string[];
  /** Replicated volumes, by name in alphabetical order. */
  readonly volumes: readonly VolumeStatus[];
  /** Certificates that the stage's own authority has given. */
  readonly certificates: readonly CertificateStatus[];
  /** The ages of base images and of hive's own images, as far as they are known. */
  readonly imageAges: readonly ImageAge[];
  /**
   * What a person should know although nothing is wrong: notices of the plan (none while the site
   * cannot be planned), old images, servers that wait for a reboot.
   */
  readonly notices: readonly string[];
  /** The problems, in plain words; empty when all is well. */
  readonly problems: readonly string[];
}

/** The age of an image. */
export interface ImageAge {
  /** The reference of a base image; `registry`, `gate`, or `servers` for that of all servers. */
  readonly name: string;
  /** `base`: builds start from it. `platform`: hive's own. */
  readonly kind: "base" | "platform";
  /** Whole days since it was built or, of a base image, last asked for. */
  readonly days: number;
  /** When it was built, ISO 8601. */
  readonly built?: string;
  /** The last update that asked for it, ISO 8601. */
  readonly updated?: string;
}

/** A certificate, as of the last run of `up`. */
export interface CertificateStatus {
  /** What presents it. */
  readonly name: string;
  /** ISO 8601 in UTC. */
  readonly end: string;
  /** Whole days until then, negative when it has ended. */
  readonly daysLeft: number;
}

/** The state of a server. */
export interface HostStatus {
  readonly name: string;
  readonly role: "cluster" | "repository";
  readonly zone: string;
  readonly privateAddress: string;
  /** SSH answered. */
  readonly reachable: boolean;
  /** Why not. */
  readonly reason?: string;
  /**
   * What a server of this computer's Docker Engine is instead of running; absent: it runs, or is
   * not there.
   */
  readonly power?: "paused" | "stopped";
  /** The answer of `systemctl is-system-running`, e.g. `running`, `degraded`. */
  readonly system?: string;
  /** Units that failed. */
  readonly failedUnits: readonly string[];
  /** Version of the Docker Engine; absent when it does not answer. */
  readonly engine?: string;
  /** Used space of the disk with the Docker Engine's data, percent. */
  readonly diskUsedPercent?: number;
  /** Whether its kernel has IPVS; absent when unknown. */
  readonly ipvs?: boolean;
  /** It runs what an upgrade has replaced, until it is rebooted. Absent: it does not. */
  readonly rebootWaits?: true;
  /** The work that is left to do there, because the host did not answer in the last run. */
  readonly missing: readonly string[];
  /**
   * Its state in the Swarm; absent for the repository server and while no manager answers.
   */
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

/** The state of a service. */
export interface ServiceStatus {
  readonly name: string;
  readonly mode: "global" | "replicated" | "job";
  /** Tasks that should run when every host is reachable; of a job, those of its current run. */
  readonly wanted: number;
  /** Tasks of the current version that run. */
  readonly running: number;
  /** Tasks of an earlier version that still run. */
  readonly older: number;
  /** Reference of the image in the service's spec, by digest. */
  readonly image: string;
  /** When that image was built, RFC 3339; absent when it is not known. */
  readonly builtAt?: string;
  /**
   * The image that the stage deployed, if that is another one: the change was rolled back, or
   * somebody changed the service.
   */
  readonly deployedImage?: string;
  /** Whether it is reached by a virtual address or through the routing mesh. */
  readonly needsIpvs: boolean;
  /** Short names of the hosts on which it runs. */
  readonly hosts: readonly string[];
  /** Error of the newest task that failed, while tasks are missing. */
  readonly error?: string;
  /**
   * What it gave to another service, in a run that ended before its own change:
   * `the volume data to store2`.
   */
  readonly gave?: string;
  /** The roll-out that is going on, or the bad end of the last one. */
  readonly update?: UpdateStatus;
  readonly job?: JobStatus;
  /** Steps of its initialization, in their order. */
  readonly initialization: readonly StepStatus[];
  /** Tasks that are on their way to run. */
  readonly starting: number;
  /** The URLs of {@link addresses} that answer, or cannot be asked. */
  readonly endpoints: readonly string[];
  /** Where it should answer now, in the order of ports and servers. */
  readonly addresses: readonly AddressStatus[];
  /** URLs of its routes that answer, at each cluster host with a gate that does. Absent: none. */
  readonly routes?: readonly string[];
  /** URLs of its routes at which the gate answers in its place, or nobody does. Absent: none. */
  readonly silentRoutes?: readonly RouteStatus[];
}

/** A route at one server's gate. */
export interface RouteStatus {
  readonly url: string;
  /** Absent where nothing can be asked. */
  readonly answers?: boolean;
  /** Why it does not answer. */
  readonly reason?: string;
}

/** A published port of a service on one server. */
export interface AddressStatus {
  /** As this computer reaches it. */
  readonly url: string;
  /** Short name of the server. */
  readonly host: string;
  /** Port in the container. */
  readonly target: number;
  /** Whether it is elsewhere when the task is: in host mode, and not on every server. */
  readonly moves: boolean;
  /** Absent where nothing can be asked: UDP, SCTP. */
  readonly answers?: boolean;
  /** Why it does not answer. */
  readonly reason?: string;
}

/** A change of a service. */
export interface UpdateStatus {
  /**
   * The Docker Engine's word: `updating`, `paused`, `rollback_started`, `rollback_paused`,
   * `rollback_completed`.
   */
  readonly state: string;
  readonly message: string;
}

/** A service that runs to its end. */
export interface JobStatus {
  /** Cron expression in UTC; absent for a job that runs once for each change. */
  readonly schedule?: string;
  /**
   * State of the last run. `changed`: it was a run of the job before its last change, of which the
   * Swarm keeps the time only.
   */
  readonly state: "running" | "complete" | "failed" | "never run" | "changed";
  /** When the last run began, RFC 3339. */
  readonly lastRun?: string;
  /** Its tries that have failed, and how many it has. Absent: none has failed. */
  readonly failedTries?: { readonly failed: number; readonly allowed: number };
  /** When the next one is due, RFC 3339. */
  readonly nextRun?: string;
}

/** A step of a service's initialization. */
export interface StepStatus {
  readonly step: string;
  /**
   * `done`: it ran; `found`: its data was there before; `failed`: it will run again; `missing`: it
   * never ran.
   */
  readonly result: "done" | "found" | "failed" | "missing";
  /** When, RFC 3339. */
  readonly at?: string;
  /** The place; for a failure the reason. */
  readonly detail?: string;
}

/** Where a replicated volume is in use. */
export interface VolumeStatus {
  readonly name: string;
  /** Services that use it. */
  readonly services: readonly string[];
  /** Short names of the hosts on which one of them runs: it is in use there. */
  readonly hosts: readonly string[];
  /**
   * Short name of the server that does not let it go, while none of them runs. Absent: none is
   * known.
   */
  readonly heldOn?: string;
}
