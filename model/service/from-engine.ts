import type {
  DnsPlan,
  HealthcheckPlan,
  PlacementPlan,
  ResourcesPlan,
  RestartPlan,
  ServiceMode,
  UpdatePlan,
} from "../plan";
import type {
  EngineContainerSpec,
  EngineFile,
  EngineHealthcheck,
  EngineMount,
  EnginePlacement,
  EngineResources,
  EngineServiceSpec,
  EngineUpdatePolicy,
} from "../engine-api/service-spec";
import { lastRunLabel, scheduleLabel, siteLabel } from "../swarm/labels";
import { normalizeService } from "./normalize";
import type { ServiceFile, ServiceMount, ServiceSpec } from "./spec";
import { fromMode, fromNano, roundRatio } from "./units";

/** An engine's defaults where a service says nothing, seconds (swarmkit, `api/defaults`). */
const defaults = { stopGracePeriod: 10, restartDelay: 5, monitor: 5 };

/**
 * The normal form of a service that an engine has. What this program does not set is not in it; whether a scheduled job is
 * being run, and when it ran last, neither.
 */
export function fromEngineSpec(engine: EngineServiceSpec): ServiceSpec {
  const { TaskTemplate: template, EndpointSpec: endpoint } = engine;
  const container = template.ContainerSpec;
  const log = template.LogDriver?.Name ?? "";
  return normalizeService({
    name: engine.Name,
    // No computed key in a destructuring pattern: the serializer of dynamic providers does not see what it captures.
    site: engine.Labels?.[siteLabel] ?? "",
    image: container.Image,
    mode: modeOf(engine),
    ...containerOf(container),
    ports: (endpoint?.Ports ?? []).map((port) => ({
      target: port.TargetPort,
      published: port.PublishedPort ?? 0,
      protocol: port.Protocol ?? "tcp",
      mode: port.PublishMode ?? "ingress",
    })),
    endpointMode: endpoint?.Mode ?? "vip",
    networks: (template.Networks ?? []).map(({ Target, Aliases }) => ({
      id: Target ?? "",
      aliases: Aliases ?? [],
    })),
    labels: Object.fromEntries(
      Object.entries(engine.Labels ?? {}).filter(
        ([label]) => ![siteLabel, scheduleLabel, lastRunLabel].includes(label),
      ),
    ),
    placement: placementOf(template.Placement),
    restart: {
      condition: (template.RestartPolicy?.Condition ?? "any") as RestartPlan["condition"],
      delaySeconds:
        template.RestartPolicy === undefined
          ? defaults.restartDelay
          : fromNano(template.RestartPolicy.Delay ?? 0),
      maxAttempts: template.RestartPolicy?.MaxAttempts ?? 0,
      windowSeconds: fromNano(template.RestartPolicy?.Window ?? 0),
    },
    update: policyOf(engine.UpdateConfig),
    rollback: policyOf(engine.RollbackConfig),
    resources: resourcesOf(template.Resources),
    ...(log === "" ? {} : { logging: { driver: log, options: template.LogDriver?.Options ?? {} } }),
  });
}

/** What stands in the container's part. */
function containerOf(
  container: EngineContainerSpec,
): Pick<
  ServiceSpec,
  | "entrypoint"
  | "command"
  | "environment"
  | "mounts"
  | "secrets"
  | "configs"
  | "hostname"
  | "hosts"
  | "dns"
  | "containerLabels"
  | "healthcheck"
  | "stopGracePeriodSeconds"
  | "stopSignal"
  | "user"
  | "groups"
  | "workingDirectory"
  | "capabilities"
  | "sysctls"
  | "ulimits"
  | "init"
  | "readOnly"
  | "tty"
> {
  return {
    entrypoint: container.Command ?? [],
    command: container.Args ?? [],
    environment: Object.fromEntries((container.Env ?? []).map(splitVariable)),
    mounts: (container.Mounts ?? []).map(mountOf),
    secrets: (container.Secrets ?? []).map(({ SecretID, SecretName, File }) =>
      fileOf(SecretID, SecretName, File),
    ),
    configs: (container.Configs ?? []).map(({ ConfigID, ConfigName, File }) =>
      fileOf(ConfigID, ConfigName, File),
    ),
    hostname: container.Hostname ?? "",
    hosts: Object.fromEntries((container.Hosts ?? []).flatMap(splitHostLine)),
    dns: dnsOf(container),
    containerLabels: container.Labels ?? {},
    ...healthcheckOf(container.Healthcheck),
    stopGracePeriodSeconds:
      container.StopGracePeriod === undefined
        ? defaults.stopGracePeriod
        : fromNano(container.StopGracePeriod),
    stopSignal: container.StopSignal ?? "",
    user: container.User ?? "",
    groups: container.Groups ?? [],
    workingDirectory: container.Dir ?? "",
    capabilities: { add: container.CapabilityAdd ?? [], drop: container.CapabilityDrop ?? [] },
    sysctls: container.Sysctls ?? {},
    ulimits: (container.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({
      name: Name,
      soft: Soft ?? 0,
      hard: Hard ?? 0,
    })),
    init: container.Init ?? false,
    readOnly: container.ReadOnly ?? false,
    tty: container.TTY ?? false,
  };
}

function modeOf({
  Mode: mode,
  Labels: labels,
  TaskTemplate: template,
}: EngineServiceSpec): ServiceMode {
  if (mode.ReplicatedJob !== undefined) {
    const schedule = labels?.[scheduleLabel];
    const { Condition, MaxAttempts } = template.RestartPolicy ?? {};
    return {
      kind: "job",
      ...(schedule === undefined ? {} : { schedule }),
      retries: Condition === "none" ? 0 : (MaxAttempts ?? 0),
    };
  }
  return mode.Global === undefined
    ? { kind: "replicated", replicas: mode.Replicated?.Replicas ?? 1 }
    : { kind: "global" };
}

function mountOf(mount: EngineMount): ServiceMount {
  const { Source: source = "", Target: target = "", ReadOnly: readOnly = false } = mount;
  if (mount.Type === "tmpfs") {
    return {
      kind: "tmpfs",
      target,
      sizeBytes: mount.TmpfsOptions?.SizeBytes ?? 0,
      mode: fromMode(mount.TmpfsOptions?.Mode ?? 0o1777),
    };
  }
  if (mount.Type !== "volume") return { kind: "bind", source, target, readOnly };
  const { NoCopy: noCopy = false, DriverConfig: driver } = mount.VolumeOptions ?? {};
  return {
    kind: "volume",
    source,
    target,
    readOnly,
    driver: driver?.Name ?? "local",
    driverOptions: driver?.Options ?? {},
    noCopy,
  };
}

function fileOf(
  id: string | undefined,
  name: string | undefined,
  file: EngineFile | undefined,
): ServiceFile {
  return {
    id: id ?? "",
    name: name ?? "",
    target: file?.Name ?? "",
    uid: Number(file?.UID ?? 0),
    gid: Number(file?.GID ?? 0),
    mode: fromMode(file?.Mode ?? 0),
  };
}

function dnsOf({ DNSConfig: dns }: EngineContainerSpec): DnsPlan {
  return {
    servers: dns?.Nameservers ?? [],
    search: dns?.Search ?? [],
    options: dns?.Options ?? [],
  };
}

function placementOf(placement: EnginePlacement | undefined): PlacementPlan {
  return {
    constraints: placement?.Constraints ?? [],
    spread: (placement?.Preferences ?? []).map(({ Spread }) => Spread?.SpreadDescriptor ?? ""),
    maxReplicasPerHost: placement?.MaxReplicas ?? 0,
  };
}

function resourcesOf(resources: EngineResources | undefined): ResourcesPlan {
  const { Limits: limits, Reservations: reservations } = resources ?? {};
  return {
    limits: {
      cpus: fromNano(limits?.NanoCPUs ?? 0),
      memoryBytes: limits?.MemoryBytes ?? 0,
      pids: limits?.Pids ?? 0,
    },
    reservations: {
      cpus: fromNano(reservations?.NanoCPUs ?? 0),
      memoryBytes: reservations?.MemoryBytes ?? 0,
    },
  };
}

/** Without any policy an engine has defaults; what a given one leaves out is zero. */
function policyOf(policy: EngineUpdatePolicy | undefined): UpdatePlan {
  return {
    order: policy?.Order ?? "stop-first",
    parallelism: policy === undefined ? 1 : (policy.Parallelism ?? 0),
    delaySeconds: fromNano(policy?.Delay ?? 0),
    monitorSeconds: policy === undefined ? defaults.monitor : fromNano(policy.Monitor ?? 0),
    maxFailureRatio: roundRatio(policy?.MaxFailureRatio ?? 0),
    onFailure: policy?.FailureAction ?? "pause",
  };
}

function healthcheckOf(check: EngineHealthcheck | undefined): {
  readonly healthcheck?: HealthcheckPlan;
} {
  const [kind = "", ...command] = check?.Test ?? [];
  if (check === undefined || kind === "") return {};
  return {
    healthcheck: {
      // A check through a shell is shown as it is, for it is not what was asked for.
      command: kind === "NONE" ? [] : kind === "CMD" ? command : [kind, ...command],
      intervalSeconds: fromNano(check.Interval ?? 0),
      timeoutSeconds: fromNano(check.Timeout ?? 0),
      retries: check.Retries ?? 0,
      startPeriodSeconds: fromNano(check.StartPeriod ?? 0),
    },
  };
}

/** `KEY=value`; a variable without `=` has an empty value. */
function splitVariable(variable: string): [string, string] {
  const at = variable.indexOf("=");
  return at < 0 ? [variable, ""] : [variable.slice(0, at), variable.slice(at + 1)];
}

/** `address name [further names]` as names with the address. */
function splitHostLine(line: string): [string, string][] {
  const [address = "", ...names] = line.trim().split(/\s+/);
  return names.map((name) => [name, address]);
}
