import type { HealthcheckPlan, PortPlan, ServiceMode } from "./plan";

/**
 * A service of the Swarm in its normal form: every default written out, lists in order. What is wanted and what an
 * engine has are compared in this form, so that a default that the engine wrote is no difference.
 */
export interface ServiceSpec {
  readonly name: string;
  /** The site that the service belongs to; stands in the label `hive.site`. */
  readonly site: string;
  /** With a digest, so that a failover never has to ask the registry. */
  readonly image: string;
  readonly mode: ServiceMode;
  readonly environment: Readonly<Record<string, string>>;
  /** In the order of {@link sortPorts}. */
  readonly ports: readonly PortPlan[];
  readonly hostname?: string;
  /** Without `hive.site`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly healthcheck?: HealthcheckPlan;
  readonly stopGracePeriodSeconds: number;
  /** Time before a task that ended is started again, seconds. */
  readonly restartDelaySeconds: number;
  readonly update: ServiceUpdatePolicy;
}

/** How a changed service is rolled out. A task that fails while it is watched rolls the whole update back. */
export interface ServiceUpdatePolicy {
  /** `stop-first` where two tasks cannot run side by side, as with published host ports. */
  readonly order: "start-first" | "stop-first";
  /** Tasks changed at the same time. */
  readonly parallelism: number;
  /** How long new tasks are watched for failure, seconds; for a service that is new as well. */
  readonly monitorSeconds: number;
}

/** A service as it is asked for: what is absent has a default. */
export type ServiceWish = Pick<ServiceSpec, "name" | "site" | "image"> & {
  readonly mode?: ServiceMode | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly ports?: readonly PortPlan[] | undefined;
  readonly hostname?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly healthcheck?: HealthcheckPlan | undefined;
  readonly stopGracePeriodSeconds?: number | undefined;
  readonly restartDelaySeconds?: number | undefined;
  readonly update?: Partial<ServiceUpdatePolicy> | undefined;
};

/** Label that says to which site a service belongs; one without it is not ours to touch. */
export const siteLabel = "hive.site";

const nanoseconds = 1e9;

/**
 * The normal form of a wish. Defaults: one task, nothing set or published, 10 s to stop, restarted after 1 s, rolled out one
 * by one and watched for 2 s, old task stopped first if ports of the host are published, else new one started first.
 */
export function normalizeService(wish: ServiceWish): ServiceSpec {
  const ports = sortPorts(wish.ports ?? []);
  const onHost = ports.some(({ mode }) => mode === "host");
  return {
    name: wish.name,
    site: wish.site,
    image: wish.image,
    mode: wish.mode ?? { kind: "replicated", replicas: 1 },
    environment: wish.environment ?? {},
    ports,
    ...(wish.hostname === undefined ? {} : { hostname: wish.hostname }),
    labels: wish.labels ?? {},
    ...(wish.healthcheck === undefined ? {} : { healthcheck: wish.healthcheck }),
    stopGracePeriodSeconds: wish.stopGracePeriodSeconds ?? 10,
    restartDelaySeconds: wish.restartDelaySeconds ?? 1,
    update: {
      order: wish.update?.order ?? (onHost ? "stop-first" : "start-first"),
      parallelism: wish.update?.parallelism ?? 1,
      monitorSeconds: wish.update?.monitorSeconds ?? 2,
    },
  };
}

/** Ports by published port, then protocol, then target: engines give them back in any order. */
export function sortPorts(ports: readonly PortPlan[]): readonly PortPlan[] {
  return [...ports].sort(
    (a, b) =>
      [
        a.published - b.published,
        compareText(a.protocol, b.protocol),
        a.target - b.target,
        compareText(a.mode, b.mode),
      ].find((order) => order !== 0) ?? 0,
  );
}

/**
 * The service as the Engine API takes it (`POST /services/create`).
 *
 * @param forceUpdate the engine's restart counter, kept so that nothing restarts without a reason
 */
export function toEngineSpec(spec: ServiceSpec, forceUpdate = 0): EngineServiceSpec {
  const { healthcheck, hostname, update } = spec;
  return {
    Name: spec.name,
    Labels: { ...spec.labels, [siteLabel]: spec.site },
    TaskTemplate: {
      ContainerSpec: {
        Image: spec.image,
        Env: Object.entries(spec.environment)
          .map(([key, value]) => `${key}=${value}`)
          .sort(),
        ...(hostname === undefined ? {} : { Hostname: hostname }),
        ...(healthcheck === undefined ? {} : { Healthcheck: toEngineHealthcheck(healthcheck) }),
        StopGracePeriod: spec.stopGracePeriodSeconds * nanoseconds,
      },
      RestartPolicy: {
        Condition: "any",
        Delay: spec.restartDelaySeconds * nanoseconds,
        MaxAttempts: 0,
      },
      ForceUpdate: forceUpdate,
    },
    Mode:
      spec.mode.kind === "global"
        ? { Global: {} }
        : { Replicated: { Replicas: spec.mode.kind === "job" ? 0 : spec.mode.replicas } },
    UpdateConfig: {
      ...toEnginePolicy(update),
      FailureAction: "rollback",
    },
    // A roll-back that fails is looked at by a person.
    RollbackConfig: {
      ...toEnginePolicy(update),
      FailureAction: "pause",
    },
    EndpointSpec: {
      Mode: "vip",
      Ports: spec.ports.map((port) => ({
        Protocol: port.protocol,
        TargetPort: port.target,
        PublishedPort: port.published,
        PublishMode: port.mode,
      })),
    },
  };
}

/** The normal form of a service that an engine has. What this program does not set is not in it. */
export function fromEngineSpec(engine: EngineServiceSpec): ServiceSpec {
  // No computed key in a destructuring pattern: the serializer of dynamic providers does not see what it captures.
  const site = engine.Labels?.[siteLabel] ?? "";
  const labels = Object.fromEntries(
    Object.entries(engine.Labels ?? {}).filter(([label]) => label !== siteLabel),
  );
  const { ContainerSpec: container, RestartPolicy: restart } = engine.TaskTemplate;
  const updatePolicy = engine.UpdateConfig;
  return {
    name: engine.Name,
    site,
    image: container.Image,
    mode:
      engine.Mode.Global === undefined
        ? { kind: "replicated", replicas: engine.Mode.Replicated?.Replicas ?? 1 }
        : { kind: "global" },
    environment: Object.fromEntries((container.Env ?? []).map(splitVariable)),
    ports: sortPorts(
      (engine.EndpointSpec?.Ports ?? []).map((port) => ({
        target: port.TargetPort,
        published: port.PublishedPort ?? 0,
        protocol: port.Protocol ?? "tcp",
        mode: port.PublishMode ?? "ingress",
      })),
    ),
    ...(isEmpty(container.Hostname) ? {} : { hostname: container.Hostname as string }),
    labels,
    ...fromEngineHealthcheck(container.Healthcheck),
    stopGracePeriodSeconds: (container.StopGracePeriod ?? 10 * nanoseconds) / nanoseconds,
    restartDelaySeconds: (restart?.Delay ?? 5 * nanoseconds) / nanoseconds,
    update: {
      order: updatePolicy?.Order ?? "stop-first",
      parallelism: updatePolicy?.Parallelism ?? 1,
      monitorSeconds: (updatePolicy?.Monitor ?? 5 * nanoseconds) / nanoseconds,
    },
  };
}

function toEnginePolicy(update: ServiceUpdatePolicy): EngineUpdatePolicy {
  return {
    Parallelism: update.parallelism,
    Delay: 0,
    Monitor: update.monitorSeconds * nanoseconds,
    MaxFailureRatio: 0,
    Order: update.order,
  };
}

function toEngineHealthcheck(check: HealthcheckPlan): EngineHealthcheck {
  return {
    Test: ["CMD", ...check.command],
    Interval: check.intervalSeconds * nanoseconds,
    Timeout: check.timeoutSeconds * nanoseconds,
    Retries: check.retries,
    StartPeriod: check.startPeriodSeconds * nanoseconds,
  };
}

function fromEngineHealthcheck(
  check: EngineHealthcheck | undefined,
): Pick<ServiceSpec, "healthcheck"> {
  const [kind, ...command] = check?.Test ?? [];
  if (check === undefined || kind === undefined || kind === "") {
    return {};
  }
  return {
    healthcheck: {
      // Another kind (a shell, none at all) is shown as it is, for it is not what was asked for.
      command: kind === "CMD" ? command : [kind, ...command],
      intervalSeconds: (check.Interval ?? 0) / nanoseconds,
      timeoutSeconds: (check.Timeout ?? 0) / nanoseconds,
      retries: check.Retries ?? 0,
      startPeriodSeconds: (check.StartPeriod ?? 0) / nanoseconds,
    },
  };
}

/** `KEY=value`; a variable without `=` has an empty value. */
function splitVariable(variable: string): [string, string] {
  const at = variable.indexOf("=");
  return at < 0 ? [variable, ""] : [variable.slice(0, at), variable.slice(at + 1)];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isEmpty(text: string | undefined): boolean {
  return text === undefined || text === "";
}

/** The part of the Engine API's `ServiceSpec` that this program writes and reads; durations in nanoseconds. */
export interface EngineServiceSpec {
  readonly Name: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly TaskTemplate: {
    readonly ContainerSpec: {
      readonly Image: string;
      readonly Env?: readonly string[];
      readonly Hostname?: string;
      readonly Healthcheck?: EngineHealthcheck;
      readonly StopGracePeriod?: number;
    };
    readonly RestartPolicy?: {
      readonly Condition?: string;
      readonly Delay?: number;
      readonly MaxAttempts?: number;
    };
    readonly ForceUpdate?: number;
  };
  readonly Mode: {
    readonly Global?: Readonly<Record<string, never>>;
    readonly Replicated?: { readonly Replicas?: number };
  };
  readonly UpdateConfig?: EngineUpdatePolicy & { readonly FailureAction?: string };
  readonly RollbackConfig?: EngineUpdatePolicy & { readonly FailureAction?: string };
  readonly EndpointSpec?: {
    readonly Mode?: "vip" | "dnsrr";
    readonly Ports?: readonly EnginePort[];
  };
}

/** A published port in the Engine API. */
export interface EnginePort {
  readonly Protocol?: PortPlan["protocol"];
  readonly TargetPort: number;
  readonly PublishedPort?: number;
  readonly PublishMode?: PortPlan["mode"];
}

/** A health check in the Engine API. */
export interface EngineHealthcheck {
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
  readonly Order?: ServiceUpdatePolicy["order"];
}
