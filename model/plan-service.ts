import { type Duration, durationSeconds } from "./duration";
import type {
  Backup,
  Dns,
  Healthcheck,
  Initialization,
  Mount,
  Resources,
  Restart,
  Service,
  Tmpfs,
  UpdatePolicy,
} from "./inventory";
import { planPorts } from "./plan-ports";
import type {
  AttachmentPlan,
  BackupPlan,
  DnsPlan,
  FilePlan,
  HealthcheckPlan,
  InitializationPlan,
  MountPlan,
  PortPlan,
  ResourcesPlan,
  RestartPlan,
  ServiceImage,
  ServiceMode,
  ServicePlan,
  UpdatePlan,
} from "./service-plan";
import { type Size, sizeBytes } from "./size";
import { forSystemd } from "./systemd-container";
import { compareText, sortedRecord, sortedUnique } from "./text-order";

/** What a service's plan takes from the site and the stage around it. */
export interface ServiceContext {
  /** Private addresses of all servers by full name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Names of the volumes that are replicated: they have one writer. */
  readonly replicatedVolumes: ReadonlySet<string>;
  /**
   * How many servers hold tasks.
   *
   * @default 3, the smallest cluster
   */
  readonly clusterHosts?: number;
}

/** The network that a service joins when it names none. */
export const defaultNetwork = "default";

/**
 * The normal form of a service whose form is right: every default written out, lists without an order of their own sorted.
 * References to images, networks, volumes and so on are taken as they stand; `model/rules` holds them against the site.
 */
export function planService(name: string, service: Service, context: ServiceContext): ServicePlan {
  const mode = planMode(service.mode);
  const endpointMode = service.endpointMode ?? "vip";
  const ports = planPorts(name, service.ports ?? [], { mode, endpointMode });
  const mounts = planMounts(service);
  const hasReplicated = mounts.some(
    (mount) => mount.kind === "volume" && context.replicatedVolumes.has(mount.volume),
  );
  const update = planUpdate(service.update, {
    order:
      canRunSideBySide(ports, mounts) && hasRoomForOneMore(service, mode, context)
        ? "start-first"
        : "stop-first",
    onFailure: "rollback",
  });
  const plan: ServicePlan = {
    name,
    image: planServiceImage(service.image),
    dependsOn: sortedUnique(service.dependsOn ?? []),
    mode,
    ...present("entrypoint", service.entrypoint),
    ...present("command", service.command),
    environment: sortedRecord(service.environment ?? {}),
    ports,
    endpointMode,
    networks: planAttachments(service.networks ?? [defaultNetwork]),
    mounts,
    secrets: planSecrets(service.secrets ?? []),
    configs: (service.configs ?? [])
      .map((config) => planFile(config.config, config.target ?? `/${config.config}`, config))
      .sort(byNameAndTarget),
    ...present("hostname", service.hostname),
    hosts: sortedRecord({ ...service.hosts, ...context.hosts }),
    dns: planDns(service.dns ?? {}),
    labels: sortedRecord(service.labels ?? {}),
    containerLabels: sortedRecord(service.containerLabels ?? {}),
    placement: {
      constraints: sortedUnique(service.placement?.constraints ?? []),
      spread: service.placement?.spread ?? [],
      maxReplicasPerHost: service.placement?.maxReplicasPerHost ?? 0,
    },
    ...present("healthcheck", planHealthcheck(service.healthcheck)),
    restart: planRestart(service.restart ?? {}, mode, hasReplicated),
    update,
    // A roll-back that fails is looked at by a person.
    rollback: planUpdate(service.rollback, { ...update, onFailure: "pause" }),
    stopGracePeriodSeconds: seconds(service.stopGracePeriod, 10),
    ...present("stopSignal", service.stopSignal),
    ...present("user", service.user),
    groups: sortedUnique(service.groups ?? []),
    ...present("workingDirectory", service.workingDirectory),
    capabilities: {
      add: capabilityNames(service.capabilities?.add),
      drop: capabilityNames(service.capabilities?.drop),
    },
    sysctls: sortedRecord(service.sysctls ?? {}),
    ulimits: Object.entries(service.ulimits ?? {})
      .map(([limit, { soft, hard }]) => ({ name: limit, soft, hard }))
      .sort((left, right) => compareText(left.name, right.name)),
    init: service.init ?? false,
    readOnly: service.readOnly ?? false,
    tty: service.tty ?? false,
    resources: planResources(service.resources),
    ...present(
      "logging",
      service.logging && {
        driver: service.logging.driver,
        options: sortedRecord(service.logging.options ?? {}),
      },
    ),
    standalone: service.standalone ?? false,
    initialize: (service.initialize ?? []).map(planInitialization),
    backups: (service.backups ?? [])
      .map(planBackup)
      .sort((left, right) => compareText(left.name, right.name)),
    ...present(
      "logMonitoring",
      service.logMonitoring && {
        alert: service.logMonitoring.alert,
        ignore: service.logMonitoring.ignore ?? [],
      },
    ),
  };
  return plan.standalone ? forSystemd(plan) : plan;
}

function present<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

function seconds(duration: Duration | undefined, byDefault: number): number {
  return duration === undefined ? byDefault : (durationSeconds(duration) ?? byDefault);
}

function bytes(size: Size | undefined): number | undefined {
  return size === undefined ? undefined : sizeBytes(size);
}

/**
 * Whether an old and a new task can exist on one server at the same time: not when both would take a host's port, nor
 * when both would write to one volume.
 */
function canRunSideBySide(ports: readonly PortPlan[], mounts: readonly MountPlan[]): boolean {
  return (
    !ports.some((port) => port.mode === "host") &&
    !mounts.some((mount) => mount.kind === "volume" && !mount.readOnly)
  );
}

/** Whether a task beyond the usual ones finds a server under the limit for each, even when one server is lost. */
function hasRoomForOneMore(service: Service, mode: ServiceMode, context: ServiceContext): boolean {
  const most = service.placement?.maxReplicasPerHost;
  if (most === undefined || mode.kind !== "replicated") return true;
  return mode.replicas + 1 <= most * ((context.clusterHosts ?? 3) - 1);
}

function planMode(mode: Service["mode"]): ServiceMode {
  if (mode === "global") return { kind: "global" };
  if (mode === undefined) return { kind: "replicated", replicas: 1 };
  if ("replicas" in mode) return { kind: "replicated", replicas: mode.replicas };
  return {
    kind: "job",
    ...present("schedule", mode.job.schedule?.trim().replace(/\s+/g, " ")),
    retries: mode.job.retries ?? 0,
  };
}

function planServiceImage(image: Service["image"]): ServiceImage {
  return typeof image === "string"
    ? { kind: "reference", reference: image }
    : { kind: "build", image: image.build };
}

function planAttachments(
  networks: readonly (string | { readonly name: string; readonly aliases?: readonly string[] })[],
): readonly AttachmentPlan[] {
  return networks
    .map((network) =>
      typeof network === "string"
        ? { network, aliases: [] }
        : { network: network.name, aliases: sortedUnique(network.aliases ?? []) },
    )
    .sort((left, right) => compareText(left.network, right.network));
}

function planMounts(service: Service): readonly MountPlan[] {
  return [...(service.volumes ?? []).map(planMount), ...(service.tmpfs ?? []).map(planTmpfs)].sort(
    (left, right) => compareText(left.target, right.target),
  );
}

function planMount(mount: Mount): MountPlan {
  const target = trimmedPath(mount.target);
  const readOnly = mount.readOnly ?? false;
  return mount.source.startsWith("/")
    ? { kind: "bind", source: trimmedPath(mount.source), target, readOnly }
    : { kind: "volume", volume: mount.source, target, readOnly };
}

function planTmpfs(tmpfs: Tmpfs): MountPlan {
  return {
    kind: "tmpfs",
    target: trimmedPath(tmpfs.target),
    ...present("sizeBytes", bytes(tmpfs.size)),
    mode: fourDigits(tmpfs.mode ?? "1777"),
  };
}

/** A path without slashes at its end, so that `/data/` and `/data` are the same mount. */
function trimmedPath(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

function planSecrets(secrets: NonNullable<Service["secrets"]>): readonly FilePlan[] {
  return secrets
    .map((secret) =>
      typeof secret === "string"
        ? planFile(secret, secret, {})
        : planFile(secret.secret, secret.target ?? secret.secret, secret),
    )
    .sort(byNameAndTarget);
}

function planFile(
  name: string,
  target: string,
  file: { readonly uid?: number; readonly gid?: number; readonly mode?: string },
): FilePlan {
  return {
    name,
    target,
    uid: file.uid ?? 0,
    gid: file.gid ?? 0,
    mode: fourDigits(file.mode ?? "0444"),
  };
}

function byNameAndTarget(left: FilePlan, right: FilePlan): number {
  return left.name === right.name
    ? compareText(left.target, right.target)
    : compareText(left.name, right.name);
}

/** An octal mode in four digits: `444` and `0444` are the same. */
function fourDigits(mode: string): string {
  return mode.padStart(4, "0");
}

function planDns(dns: Dns): DnsPlan {
  return { servers: dns.servers ?? [], search: dns.search ?? [], options: dns.options ?? [] };
}

/** Names as the engine gives them back: upper case, without the prefix `CAP_`, sorted. */
function capabilityNames(names: readonly string[] = []): readonly string[] {
  return sortedUnique(names.map((name) => name.toUpperCase().replace(/^CAP_/, "")));
}

function planHealthcheck(
  healthcheck: Healthcheck | "none" | undefined,
): HealthcheckPlan | undefined {
  if (healthcheck === undefined) return undefined;
  if (healthcheck === "none") {
    return {
      command: [],
      intervalSeconds: 0,
      timeoutSeconds: 0,
      retries: 0,
      startPeriodSeconds: 0,
    };
  }
  return {
    command: healthcheck.command,
    intervalSeconds: seconds(healthcheck.interval, 10),
    timeoutSeconds: seconds(healthcheck.timeout, 5),
    retries: healthcheck.retries ?? 3,
    startPeriodSeconds: seconds(healthcheck.startPeriod, 0),
  };
}

function planRestart(restart: Restart, mode: ServiceMode, hasReplicated: boolean): RestartPlan {
  const delaySeconds = seconds(restart.delay, hasReplicated ? 0 : 1);
  const windowSeconds = seconds(restart.window, 0);
  if (mode.kind === "job") {
    // A job's task is tried again only when it failed, as often as the job says.
    return mode.retries === 0
      ? { condition: "none", delaySeconds, maxAttempts: 0, windowSeconds }
      : { condition: "on-failure", delaySeconds, maxAttempts: mode.retries, windowSeconds };
  }
  return {
    condition: restart.condition ?? "any",
    delaySeconds,
    maxAttempts: restart.maxAttempts ?? 0,
    windowSeconds,
  };
}

function planUpdate(
  update: UpdatePolicy = {},
  usual: Partial<UpdatePlan> & Pick<UpdatePlan, "order" | "onFailure">,
): UpdatePlan {
  return {
    order: update.order ?? usual.order,
    parallelism: update.parallelism ?? usual.parallelism ?? 1,
    delaySeconds: seconds(update.delay, usual.delaySeconds ?? 0),
    monitorSeconds: seconds(update.monitor, usual.monitorSeconds ?? 5),
    maxFailureRatio: update.maxFailureRatio ?? usual.maxFailureRatio ?? 0,
    onFailure: update.onFailure ?? usual.onFailure,
  };
}

function planResources(resources: Resources = {}): ResourcesPlan {
  const { limits = {}, reservations = {} } = resources;
  return {
    limits: {
      ...present("cpus", limits.cpus),
      ...present("memoryBytes", bytes(limits.memory)),
      ...present("pids", limits.pids),
    },
    reservations: {
      ...present("cpus", reservations.cpus),
      ...present("memoryBytes", bytes(reservations.memory)),
    },
  };
}

function planInitialization(step: Initialization): InitializationPlan {
  return {
    name: step.name,
    run:
      "command" in step
        ? { kind: "command", command: step.command }
        : {
            kind: "script",
            file: step.script,
            interpreter: step.interpreter ?? ["sh", "-c"],
          },
    secrets: step.secrets ?? [],
    ...present("input", step.input),
    ...present("unless", step.unless),
    ...present("user", step.user),
    deadlineSeconds: seconds(step.deadline, 300),
  };
}

function planBackup(backup: Backup): BackupPlan {
  return {
    name: backup.name,
    command: backup.command,
    restore: backup.restore,
    keepDays: backup.keepDays ?? 14,
  };
}
