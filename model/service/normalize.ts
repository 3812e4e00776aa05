import { compareText } from "../values/text-order";
import type { HealthcheckPlan, PortPlan, ResourcesPlan, RestartPlan, UpdatePlan } from "../plan";
import type { ServiceFile, ServiceMount, ServiceSpec } from "./spec";
import { fromMode, fromNano, roundRatio, roundSeconds, toMode, toNano } from "./units";

/** Stands for how a job is rolled out: it is not, and an engine refuses to be told how. */
export const jobRollout: UpdatePlan = {
  order: "stop-first",
  parallelism: 1,
  delaySeconds: 0,
  monitorSeconds: 0,
  maxFailureRatio: 0,
  onFailure: "pause",
};

/** The normal form of a service; the normal form of what already is in it is the same. */
export function normalizeService(spec: ServiceSpec): ServiceSpec {
  const { mode, resources } = spec;
  const job = mode.kind === "job";
  return {
    name: spec.name,
    site: spec.site,
    image: spec.image,
    mode,
    ...list("entrypoint", spec.entrypoint),
    ...list("command", spec.command),
    environment: spec.environment,
    ports: sortPorts(spec.ports),
    endpointMode: spec.endpointMode,
    networks: spec.networks
      .map(({ id, aliases }) => ({ id, aliases: [...aliases].sort(compareText) }))
      .sort((a, b) => compareText(a.id, b.id)),
    mounts: spec.mounts.map(normalMount).sort((a, b) => compareText(a.target, b.target)),
    secrets: sortFiles(spec.secrets),
    configs: sortFiles(spec.configs),
    ...text("hostname", spec.hostname),
    hosts: spec.hosts,
    dns: {
      servers: spec.dns.servers,
      search: spec.dns.search,
      options: spec.dns.options,
    },
    labels: spec.labels,
    containerLabels: spec.containerLabels,
    placement: {
      constraints: spec.placement.constraints.map(normalConstraint).sort(compareText),
      spread: spec.placement.spread,
      maxReplicasPerHost: spec.placement.maxReplicasPerHost,
    },
    ...(spec.healthcheck === undefined ? {} : { healthcheck: normalHealthcheck(spec.healthcheck) }),
    restart: normalRestart(job ? { ...spec.restart, ...jobRestart(mode.retries) } : spec.restart),
    update: job ? jobRollout : normalPolicy(spec.update),
    rollback: job ? jobRollout : normalPolicy(spec.rollback),
    stopGracePeriodSeconds: seconds(spec.stopGracePeriodSeconds),
    ...text("stopSignal", spec.stopSignal),
    ...text("user", spec.user),
    groups: spec.groups,
    ...text("workingDirectory", spec.workingDirectory),
    capabilities: {
      add: normalCapabilities(spec.capabilities.add),
      drop: normalCapabilities(spec.capabilities.drop),
    },
    sysctls: spec.sysctls,
    ulimits: spec.ulimits
      .map(({ name, soft, hard }) => ({ name, soft, hard }))
      .sort((a, b) => compareText(a.name, b.name)),
    init: spec.init,
    readOnly: spec.readOnly,
    tty: spec.tty,
    resources: normalResources(resources),
    ...(spec.logging === undefined
      ? {}
      : { logging: { driver: spec.logging.driver, options: spec.logging.options } }),
  };
}

/** How a job's failed task is tried again. The engine takes 0 attempts as no limit, so no retry is another condition. */
export function jobRestart(retries: number): Pick<RestartPlan, "condition" | "maxAttempts"> {
  return { condition: retries === 0 ? "none" : "on-failure", maxAttempts: retries };
}

/** Ports by published port, then protocol, then target: engines give them back in any order. */
function sortPorts(ports: readonly PortPlan[]): readonly PortPlan[] {
  return ports
    .map(({ target, published, protocol, mode }) => ({ target, published, protocol, mode }))
    .sort(
      (a, b) =>
        [
          a.published - b.published,
          compareText(a.protocol, b.protocol),
          a.target - b.target,
          compareText(a.mode, b.mode),
        ].find((order) => order !== 0) ?? 0,
    );
}

function sortFiles(files: readonly ServiceFile[]): readonly ServiceFile[] {
  return files
    .map(({ id, name, target, uid, gid, mode }) => ({
      id,
      name,
      target,
      uid,
      gid,
      mode: fromMode(toMode(mode)),
    }))
    .sort((a, b) => compareText(a.target, b.target));
}

function normalMount(mount: ServiceMount): ServiceMount {
  const { target } = mount;
  switch (mount.kind) {
    case "volume": {
      const { kind, source, readOnly, driver, driverOptions, noCopy } = mount;
      return { kind, source, target, readOnly, driver, driverOptions, noCopy };
    }
    case "bind":
      return { kind: "bind", source: mount.source, target, readOnly: mount.readOnly };
    case "tmpfs": {
      const { sizeBytes } = mount;
      return {
        kind: "tmpfs",
        target,
        ...(sizeBytes === undefined || sizeBytes === 0 ? {} : { sizeBytes }),
        mode: fromMode(toMode(mount.mode)),
      };
    }
  }
}

/** `node.role == manager` and `node.role==manager` are the same to the engine. */
function normalConstraint(constraint: string): string {
  return constraint.trim().replace(/\s*(==|!=)\s*/, "$1");
}

/** A check that is switched off has no times. */
function normalHealthcheck(check: HealthcheckPlan): HealthcheckPlan {
  const off = check.command.length === 0;
  return {
    command: check.command,
    intervalSeconds: off ? 0 : seconds(check.intervalSeconds),
    timeoutSeconds: off ? 0 : seconds(check.timeoutSeconds),
    retries: off ? 0 : check.retries,
    startPeriodSeconds: off ? 0 : seconds(check.startPeriodSeconds),
  };
}

function normalRestart(restart: RestartPlan): RestartPlan {
  return {
    condition: restart.condition,
    delaySeconds: seconds(restart.delaySeconds),
    maxAttempts: restart.maxAttempts,
    windowSeconds: seconds(restart.windowSeconds),
  };
}

function normalPolicy(policy: UpdatePlan): UpdatePlan {
  return {
    order: policy.order,
    parallelism: policy.parallelism,
    delaySeconds: roundSeconds(policy.delaySeconds),
    monitorSeconds: seconds(policy.monitorSeconds),
    maxFailureRatio: roundRatio(policy.maxFailureRatio),
    onFailure: policy.onFailure,
  };
}

/** `cap_net_admin`, `CAP_NET_ADMIN` and `NET_ADMIN` are the same to the engine. */
function normalCapabilities(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toUpperCase().replace(/^CAP_/, "")).sort(compareText);
}

function normalResources({ limits, reservations }: ResourcesPlan): ResourcesPlan {
  return {
    limits: {
      ...amount("cpus", limits.cpus === undefined ? undefined : seconds(limits.cpus)),
      ...amount("memoryBytes", limits.memoryBytes),
      ...amount("pids", limits.pids),
    },
    reservations: {
      ...amount("cpus", reservations.cpus === undefined ? undefined : seconds(reservations.cpus)),
      ...amount("memoryBytes", reservations.memoryBytes),
    },
  };
}

/** As exact as an engine keeps it. */
function seconds(value: number): number {
  return fromNano(toNano(value));
}

/** The field, unless it is empty: an empty text means the image's own to the engine. */
function text<K extends string>(
  key: K,
  value: string | undefined,
): { readonly [key in K]?: string } {
  return value === undefined || value === "" ? {} : ({ [key]: value } as Record<K, string>);
}

/** The field, unless it is empty: an empty list means the image's own to the engine. */
function list<K extends string>(
  key: K,
  value: readonly string[] | undefined,
): { readonly [key in K]?: readonly string[] } {
  return value === undefined || value.length === 0
    ? {}
    : ({ [key]: value } as Record<K, readonly string[]>);
}

/** The field, unless it is 0: that means no limit to the engine. */
function amount<K extends string>(
  key: K,
  value: number | undefined,
): { readonly [key in K]?: number } {
  return value === undefined || value === 0 ? {} : ({ [key]: value } as Record<K, number>);
}
