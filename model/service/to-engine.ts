import { compareText } from "../values/text-order";
import type { HealthcheckPlan, ResourcesPlan, ServiceMode, UpdatePlan } from "../plan";
import type {
  EngineContainerSpec,
  EngineFile,
  EngineHealthcheck,
  EngineMode,
  EngineMount,
  EngineResources,
  EngineServiceSpec,
  EngineTaskTemplate,
  EngineUpdatePolicy,
} from "../engine-api/service-spec";
import { toEnginePort } from "./engine-ports";
import { lastRunLabel, scheduleLabel, siteLabel } from "../swarm/labels";
import type { ServiceFile, ServiceMount, ServiceSpec } from "./spec";
import { roundRatio, toMode, toNano } from "./units";

/**
 * A service in its normal form as the Engine API takes it (`POST /services/create`).
 *
 * @param seen the service as the engine has it; kept of it is what is not the plan's: the restart counter, so that nothing
 *   restarts without a reason, and when a scheduled job ran last
 * @param anew whether all tasks are to be made anew, even if nothing else changes
 */
export function toEngineSpec(
  spec: ServiceSpec,
  seen?: EngineServiceSpec,
  anew = false,
): EngineServiceSpec {
  const { mode } = spec;
  const schedule = mode.kind === "job" ? mode.schedule : undefined;
  // With another schedule the job counts from this change: it has not missed what was not its time then.
  const lastRun =
    schedule !== undefined && seen?.Labels?.[scheduleLabel] === schedule
      ? seen.Labels[lastRunLabel]
      : undefined;
  return {
    Name: spec.name,
    Labels: {
      ...spec.labels,
      [siteLabel]: spec.site,
      ...(schedule === undefined ? {} : { [scheduleLabel]: schedule }),
      ...(lastRun === undefined ? {} : { [lastRunLabel]: lastRun }),
    },
    TaskTemplate: taskTemplate(spec, (seen?.TaskTemplate.ForceUpdate ?? 0) + (anew ? 1 : 0)),
    Mode: engineMode(mode),
    ...(mode.kind === "job"
      ? {}
      : { UpdateConfig: enginePolicy(spec.update), RollbackConfig: enginePolicy(spec.rollback) }),
    EndpointSpec: {
      Mode: spec.endpointMode,
      Ports: spec.ports.map(toEnginePort),
    },
  };
}

function taskTemplate(spec: ServiceSpec, forceUpdate: number): EngineTaskTemplate {
  const { restart, placement, logging } = spec;
  return {
    ContainerSpec: container(spec),
    Resources: engineResources(spec.resources),
    RestartPolicy: {
      Condition: restart.condition,
      Delay: toNano(restart.delaySeconds),
      MaxAttempts: restart.maxAttempts,
      Window: toNano(restart.windowSeconds),
    },
    Placement: {
      Constraints: placement.constraints,
      Preferences: placement.spread.map((label) => ({ Spread: { SpreadDescriptor: label } })),
      MaxReplicas: placement.maxReplicasPerHost,
    },
    Networks: spec.networks.map(({ id, aliases }) => ({ Target: id, Aliases: aliases })),
    ...(logging === undefined
      ? {}
      : { LogDriver: { Name: logging.driver, Options: logging.options } }),
    ForceUpdate: forceUpdate,
  };
}

function container(spec: ServiceSpec): EngineContainerSpec {
  const { entrypoint, command, hostname, healthcheck, stopSignal, user, workingDirectory } = spec;
  return {
    Image: spec.image,
    Labels: spec.containerLabels,
    ...(entrypoint === undefined ? {} : { Command: entrypoint }),
    ...(command === undefined ? {} : { Args: command }),
    ...(hostname === undefined ? {} : { Hostname: hostname }),
    Env: Object.entries(spec.environment)
      .map(([key, value]) => `${key}=${value}`)
      .sort(compareText),
    ...(workingDirectory === undefined ? {} : { Dir: workingDirectory }),
    ...(user === undefined ? {} : { User: user }),
    Groups: spec.groups,
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    StopGracePeriod: toNano(spec.stopGracePeriodSeconds),
    TTY: spec.tty,
    ReadOnly: spec.readOnly,
    Init: spec.init,
    Mounts: spec.mounts.map((mount) => engineMount(mount, spec.site)),
    ...(healthcheck === undefined ? {} : { Healthcheck: engineHealthcheck(healthcheck) }),
    Hosts: Object.entries(spec.hosts)
      .map(([name, address]) => `${address} ${name}`)
      .sort(compareText),
    DNSConfig: {
      Nameservers: spec.dns.servers,
      Search: spec.dns.search,
      Options: spec.dns.options,
    },
    Secrets: spec.secrets.map((secret) => ({
      SecretID: secret.id,
      SecretName: secret.name,
      File: engineFile(secret),
    })),
    Configs: spec.configs.map((config) => ({
      ConfigID: config.id,
      ConfigName: config.name,
      File: engineFile(config),
    })),
    Sysctls: spec.sysctls,
    CapabilityAdd: spec.capabilities.add,
    CapabilityDrop: spec.capabilities.drop,
    Ulimits: spec.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
  };
}

function engineMode(mode: ServiceMode): EngineMode {
  switch (mode.kind) {
    case "global":
      return { Global: {} };
    case "replicated":
      return { Replicated: { Replicas: mode.replicas } };
    case "job":
      return {
        ReplicatedJob: {
          MaxConcurrent: 1,
          TotalCompletions: mode.schedule === undefined ? 1 : 0,
        },
      };
  }
}

function engineMount(mount: ServiceMount, site: string): EngineMount {
  switch (mount.kind) {
    case "volume":
      return {
        Type: "volume",
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.readOnly,
        VolumeOptions: {
          NoCopy: mount.noCopy,
          // A host that was away when the volume was made gets it from its first task, and it must be known as the site's.
          Labels: { [siteLabel]: site },
          DriverConfig: { Name: mount.driver, Options: mount.driverOptions },
        },
      };
    case "bind":
      return {
        Type: "bind",
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.readOnly,
      };
    case "tmpfs":
      return {
        Type: "tmpfs",
        Target: mount.target,
        TmpfsOptions: {
          ...(mount.sizeBytes === undefined ? {} : { SizeBytes: mount.sizeBytes }),
          Mode: toMode(mount.mode),
        },
      };
  }
}

function engineFile({ target, uid, gid, mode }: ServiceFile): EngineFile {
  return { Name: target, UID: String(uid), GID: String(gid), Mode: toMode(mode) };
}

function engineHealthcheck(check: HealthcheckPlan): EngineHealthcheck {
  if (check.command.length === 0) return { Test: ["NONE"] };
  return {
    Test: ["CMD", ...check.command],
    Interval: toNano(check.intervalSeconds),
    Timeout: toNano(check.timeoutSeconds),
    Retries: check.retries,
    StartPeriod: toNano(check.startPeriodSeconds),
  };
}

function engineResources({ limits, reservations }: ResourcesPlan): EngineResources {
  return {
    Limits: {
      NanoCPUs: toNano(limits.cpus ?? 0),
      MemoryBytes: limits.memoryBytes ?? 0,
      Pids: limits.pids ?? 0,
    },
    Reservations: {
      NanoCPUs: toNano(reservations.cpus ?? 0),
      MemoryBytes: reservations.memoryBytes ?? 0,
    },
  };
}

function enginePolicy(policy: UpdatePlan): EngineUpdatePolicy {
  return {
    Parallelism: policy.parallelism,
    Delay: toNano(policy.delaySeconds),
    Monitor: toNano(policy.monitorSeconds),
    MaxFailureRatio: roundRatio(policy.maxFailureRatio),
    FailureAction: policy.onFailure,
    Order: policy.order,
  };
}
