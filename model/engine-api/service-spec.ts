/**
 * The Engine API's `ServiceSpec` (1.41, from Docker Engine 20.10) for Linux containers, including
 * fields that hive does not set. Durations are in nanoseconds, sizes in bytes, file modes are
 * numbers. Fields that the engine omits are empty, zero or false.
 */
export interface EngineServiceSpec {
  readonly Name: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly TaskTemplate: EngineTaskTemplate;
  readonly Mode: EngineMode;
  readonly UpdateConfig?: EngineUpdatePolicy;
  readonly RollbackConfig?: EngineUpdatePolicy;
  readonly EndpointSpec?: {
    readonly Mode?: "vip" | "dnsrr";
    readonly Ports?: readonly EnginePort[];
  };
}

/** `TaskSpec` of the Engine API. */
export interface EngineTaskTemplate {
  readonly ContainerSpec: EngineContainerSpec;
  readonly Resources?: EngineResources;
  readonly RestartPolicy?: {
    readonly Condition?: string;
    readonly Delay?: number;
    readonly MaxAttempts?: number;
    readonly Window?: number;
  };
  readonly Placement?: EnginePlacement;
  readonly Networks?: readonly EngineAttachment[];
  readonly LogDriver?: {
    readonly Name?: string;
    readonly Options?: Readonly<Record<string, string>>;
  };
  /** A counter; its change alone recreates all tasks. */
  readonly ForceUpdate?: number;
}

/** `ContainerSpec` of the Engine API. */
export interface EngineContainerSpec {
  readonly Image: string;
  readonly Labels?: Readonly<Record<string, string>>;
  /** Replaces the image's ENTRYPOINT. */
  readonly Command?: readonly string[];
  /** Replaces the image's CMD. */
  readonly Args?: readonly string[];
  readonly Hostname?: string;
  /** `KEY=value`. */
  readonly Env?: readonly string[];
  readonly Dir?: string;
  readonly User?: string;
  readonly Groups?: readonly string[];
  readonly StopSignal?: string;
  readonly StopGracePeriod?: number;
  readonly TTY?: boolean;
  readonly OpenStdin?: boolean;
  readonly ReadOnly?: boolean;
  readonly Init?: boolean;
  readonly Mounts?: readonly EngineMount[];
  readonly Healthcheck?: EngineHealthcheck;
  /** `address name [further names]`, unlike the container API's `name:address`. */
  readonly Hosts?: readonly string[];
  readonly DNSConfig?: {
    readonly Nameservers?: readonly string[];
    readonly Search?: readonly string[];
    readonly Options?: readonly string[];
  };
  readonly Secrets?: readonly EngineSecretReference[];
  readonly Configs?: readonly EngineConfigReference[];
  readonly Privileges?: {
    readonly SELinuxContext?: {
      readonly Disable?: boolean;
      readonly User?: string;
      readonly Role?: string;
      readonly Type?: string;
      readonly Level?: string;
    };
  };
  readonly Sysctls?: Readonly<Record<string, string>>;
  readonly CapabilityAdd?: readonly string[];
  readonly CapabilityDrop?: readonly string[];
  readonly Ulimits?: readonly {
    readonly Name: string;
    readonly Soft?: number;
    readonly Hard?: number;
  }[];
}

/** Where tasks may run, in the Engine API. */
export interface EnginePlacement {
  readonly Constraints?: readonly string[];
  readonly Preferences?: readonly { readonly Spread?: { readonly SpreadDescriptor?: string } }[];
  readonly MaxReplicas?: number;
  readonly Platforms?: readonly { readonly Architecture?: string; readonly OS?: string }[];
}

/** `Mode` of the Engine API: exactly one field. */
export interface EngineMode {
  readonly Global?: Readonly<Record<string, never>>;
  readonly Replicated?: { readonly Replicas?: number };
  readonly ReplicatedJob?: {
    readonly MaxConcurrent?: number;
    readonly TotalCompletions?: number;
  };
  readonly GlobalJob?: object;
}

/** Resources of a task, in the Engine API. */
export interface EngineResources {
  readonly Limits?: {
    readonly NanoCPUs?: number;
    readonly MemoryBytes?: number;
    readonly Pids?: number;
  };
  readonly Reservations?: {
    readonly NanoCPUs?: number;
    readonly MemoryBytes?: number;
    readonly GenericResources?: readonly {
      readonly NamedResourceSpec?: { readonly Kind?: string; readonly Value?: string };
      readonly DiscreteResourceSpec?: { readonly Kind?: string; readonly Value?: number };
    }[];
  };
}

/** A network that tasks join, in the Engine API. */
export interface EngineAttachment {
  readonly Target?: string;
  readonly Aliases?: readonly string[];
  readonly DriverOpts?: Readonly<Record<string, string>>;
}

/** A mount in the Engine API. */
export interface EngineMount {
  readonly Type?: string;
  readonly Source?: string;
  readonly Target?: string;
  readonly ReadOnly?: boolean;
  readonly BindOptions?: {
    readonly Propagation?: "private" | "rprivate" | "shared" | "rshared" | "slave" | "rslave";
    readonly NonRecursive?: boolean;
  };
  readonly VolumeOptions?: {
    readonly NoCopy?: boolean;
    /** For a volume that the engine creates for a task, because it does not exist yet. */
    readonly Labels?: Readonly<Record<string, string>>;
    readonly DriverConfig?: {
      readonly Name?: string;
      readonly Options?: Readonly<Record<string, string>>;
    };
  };
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number };
}

/** The file with a secret or config, in the Engine API. */
export interface EngineFile {
  readonly Name?: string;
  readonly UID?: string;
  readonly GID?: string;
  readonly Mode?: number;
}

/** A secret that a task gets, in the Engine API. */
export interface EngineSecretReference {
  readonly SecretID?: string;
  readonly SecretName?: string;
  readonly File?: EngineFile;
}

/** A config that a task gets, in the Engine API. */
export interface EngineConfigReference {
  readonly ConfigID?: string;
  readonly ConfigName?: string;
  readonly File?: EngineFile;
}

/** A published port in the Engine API. */
export interface EnginePort {
  readonly Protocol?: "tcp" | "udp" | "sctp";
  readonly TargetPort: number;
  readonly PublishedPort?: number;
  readonly PublishMode?: "host" | "ingress";
}

/** A health check in the Engine API. */
export interface EngineHealthcheck {
  /** `["CMD", …]`, `["CMD-SHELL", text]`, `["NONE"]`, or empty for the image's own. */
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly Retries?: number;
  readonly StartPeriod?: number;
}

/** A roll-out policy in the Engine API. */
export interface EngineUpdatePolicy {
  readonly Parallelism?: number;
  readonly Delay?: number;
  readonly Monitor?: number;
  readonly MaxFailureRatio?: number;
  readonly FailureAction?: "rollback" | "pause" | "continue";
  readonly Order?: "start-first" | "stop-first";
}
