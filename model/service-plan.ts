/**
 * The parts of a plan that concern services: normalized, every default written out, sizes in bytes, times in seconds, maps and
 * lists of names in alphabetical order. References to networks, volumes, secrets and configs are by the site's names.
 */

/** Where a service's image comes from. */
export type ServiceImage =
  | { readonly kind: "build"; /** Name of an image of the plan. */ readonly image: string }
  | {
      readonly kind: "reference";
      /** e.g. `docker.io/library/nginx@sha256:…`. */ readonly reference: string;
    };

/** A published port. */
export interface PortPlan {
  /** Port inside the container. */
  readonly target: number;
  /** Port on the host. */
  readonly published: number;
  readonly protocol: "tcp" | "udp" | "sctp";
  /** `host`: on each host that runs a task, client address kept. `ingress`: Swarm's routing mesh. */
  readonly mode: "host" | "ingress";
}

/** How many tasks a service has. */
export type ServiceMode =
  | { readonly kind: "global" }
  | { readonly kind: "replicated"; readonly replicas: number }
  | {
      readonly kind: "job";
      /** Cron expression in UTC; absent for a job that runs once for each change. */
      readonly schedule?: string;
      /** How often a failed task is tried again. */
      readonly retries: number;
    };

/** A container health check; durations in seconds. An empty command switches the image's own check off. */
export interface HealthcheckPlan {
  /** Command and arguments, run without a shell. */
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly startPeriodSeconds: number;
}

/** A network that a service joins. */
export interface AttachmentPlan {
  /** Name of the network in the site; see `OverlayPlan.name`. */
  readonly network: string;
  readonly aliases: readonly string[];
}

/** A file or folder of the host in a container. */
export interface BindPlan {
  readonly kind: "bind";
  /** Absolute path on the host; must exist. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A file system in the host's memory. */
export interface TmpfsPlan {
  readonly kind: "tmpfs";
  readonly target: string;
  /** Absent: half of the host's memory. */
  readonly sizeBytes?: number;
  /** Octal digits, e.g. `1777`. */
  readonly mode: string;
}

/** What a container sees at a path. */
export type MountPlan =
  | {
      readonly kind: "volume";
      /** Name of the volume in the site; see `VolumePlan.name`. */
      readonly volume: string;
      readonly target: string;
      readonly readOnly: boolean;
    }
  | BindPlan
  | TmpfsPlan;

/** Where a task finds a file, and whose it is there. */
export interface FileTarget {
  /** A name below `/run/secrets` for secrets, else an absolute path. */
  readonly target: string;
  readonly uid: number;
  readonly gid: number;
  /** Octal digits, e.g. `0444`. */
  readonly mode: string;
}

/** A secret or config as a file in a task. */
export interface FilePlan extends FileTarget {
  /** Name of the secret or config in the site. */
  readonly name: string;
}

/** Name resolution of a container. */
export interface DnsPlan {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

/** Where tasks may run. */
export interface PlacementPlan {
  /** As Swarm takes them, e.g. `node.labels.hive.zone==zone-a`. */
  readonly constraints: readonly string[];
  /** Node labels to spread over, in order of importance. */
  readonly spread: readonly string[];
  /** 0: no limit. */
  readonly maxReplicasPerHost: number;
}

/** When a task is started again. */
export interface RestartPlan {
  readonly condition: "any" | "on-failure" | "none";
  readonly delaySeconds: number;
  /** 0: no limit. */
  readonly maxAttempts: number;
  /** 0: all attempts count. */
  readonly windowSeconds: number;
}

/** How tasks are changed, or changed back. */
export interface UpdatePlan {
  readonly order: "start-first" | "stop-first";
  /** 0: all at once. */
  readonly parallelism: number;
  readonly delaySeconds: number;
  readonly monitorSeconds: number;
  /** 0 to 1. */
  readonly maxFailureRatio: number;
  readonly onFailure: "rollback" | "pause" | "continue";
}

/** Limit of processes. */
export interface UlimitPlan {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** What a task uses; absent: no limit, nothing reserved. */
export interface ResourcesPlan {
  readonly limits: {
    readonly cpus?: number;
    readonly memoryBytes?: number;
    readonly pids?: number;
  };
  readonly reservations: { readonly cpus?: number; readonly memoryBytes?: number };
}

/** Where output goes. */
export interface LoggingPlan {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

/** A step that loads initial data. */
export interface InitializationPlan {
  readonly name: string;
  readonly run:
    | { readonly kind: "command"; readonly command: readonly string[] }
    | {
        readonly kind: "script";
        /** Relative to the project's root. */
        readonly file: string;
        readonly interpreter: readonly string[];
      };
  /** Names of secrets, read from standard input one a line. */
  readonly secrets: readonly string[];
  /** File, relative to the project's root, that follows the secrets on standard input. */
  readonly input?: string;
  readonly unless?: readonly string[];
  readonly user?: string;
  readonly deadlineSeconds: number;
}

/** A backup of a service. */
export interface BackupPlan {
  readonly name: string;
  readonly command: readonly string[];
  readonly restore: readonly string[];
  readonly keepDays: number;
}

/** Lines that raise an alarm. */
export interface LogMonitoringPlan {
  readonly alert: readonly string[];
  readonly ignore: readonly string[];
}

/** One service of the Swarm, normalized. What is absent is left to the image or the engine. */
export interface ServicePlan {
  readonly name: string;
  readonly image: ServiceImage;
  /** Names of services that must be ready first. */
  readonly dependsOn: readonly string[];
  readonly mode: ServiceMode;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly PortPlan[];
  readonly endpointMode: "vip" | "dnsrr";
  readonly networks: readonly AttachmentPlan[];
  /** Volumes, folders of the host, and file systems in memory, by target. */
  readonly mounts: readonly MountPlan[];
  readonly secrets: readonly FilePlan[];
  readonly configs: readonly FilePlan[];
  /** Container host name; Swarm templates such as `{{.Node.Hostname}}` are allowed. */
  readonly hostname?: string;
  /** Lines of `/etc/hosts`: address by name; those of all servers among them. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly dns: DnsPlan;
  readonly labels: Readonly<Record<string, string>>;
  readonly containerLabels: Readonly<Record<string, string>>;
  readonly placement: PlacementPlan;
  readonly healthcheck?: HealthcheckPlan;
  readonly restart: RestartPlan;
  readonly update: UpdatePlan;
  readonly rollback: UpdatePlan;
  readonly stopGracePeriodSeconds: number;
  readonly stopSignal?: string;
  readonly user?: string;
  readonly groups: readonly string[];
  readonly workingDirectory?: string;
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
  readonly sysctls: Readonly<Record<string, string>>;
  readonly ulimits: readonly UlimitPlan[];
  readonly init: boolean;
  readonly readOnly: boolean;
  readonly tty: boolean;
  readonly resources: ResourcesPlan;
  readonly logging?: LoggingPlan;
  /** Process 1 is systemd. What that needs (mounts, capabilities, stop signal) has been written into the other fields. */
  readonly standalone: boolean;
  readonly initialize: readonly InitializationPlan[];
  readonly backups: readonly BackupPlan[];
  readonly logMonitoring?: LogMonitoringPlan;
}
