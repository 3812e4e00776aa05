import { colocationConstraint } from "../service/colocation";
import { secondsOr } from "../values/duration";
import type { Backup, Dns, Healthcheck, Initialization, Resources, Service } from "../inventory";
import { planConfigs, planMounts, planSecrets } from "./plan-mounts";
import { eligibleHosts } from "../service/placement-constraints";
import type { HostPlan } from "../plan";
import { planPorts } from "./plan-ports";
import {
  canRunSideBySide,
  hasRoomForOneMore,
  planMode,
  planRestart,
  planUpdate,
} from "./plan-rollout";
import { present } from "./present";
import type {
  AttachmentPlan,
  BackupPlan,
  DnsPlan,
  HealthcheckPlan,
  InitializationPlan,
  ResourcesPlan,
  ServiceImage,
  ServicePlan,
} from "../service-plan";
import { bytesOf } from "../values/size";
import { forSystemd } from "./systemd-container";
import { compareText, sortedRecord, sortedUnique } from "../values/text-order";

/** What a service's plan takes from the site and the stage around it. */
export interface ServiceContext {
  /** Private addresses of all servers by full name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Names of the volumes that are replicated: they have one writer. */
  readonly replicatedVolumes: ReadonlySet<string>;
  /**
   * The servers of the stage, of which a service's constraints may leave some.
   *
   * @default three that hold tasks, the smallest cluster
   */
  readonly servers?: readonly HostPlan[];
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
  const leader = service.placement?.with;
  const eligible =
    context.servers === undefined
      ? 3
      : eligibleHosts(service.placement?.constraints ?? [], context.servers).length;
  const update = planUpdate(service.update, {
    order:
      leader === undefined &&
      canRunSideBySide(ports, mounts) &&
      hasRoomForOneMore(mode, service.placement?.maxReplicasPerHost ?? 0, eligible)
        ? "start-first"
        : "stop-first",
    onFailure: "rollback",
  });
  const plan: ServicePlan = {
    name,
    image: planServiceImage(service.image),
    // The server on which a follower may run is known when its leader's task has one.
    dependsOn: sortedUnique([
      ...(service.dependsOn ?? []),
      ...(leader === undefined ? [] : [leader]),
    ]),
    mode,
    ...present("entrypoint", service.entrypoint),
    ...present("command", service.command),
    environment: sortedRecord(service.environment ?? {}),
    ports,
    endpointMode,
    networks: planAttachments(service.networks ?? [defaultNetwork]),
    mounts,
    secrets: planSecrets(service.secrets ?? []),
    configs: planConfigs(service.configs ?? []),
    ...present("hostname", service.hostname),
    hosts: sortedRecord({ ...service.hosts, ...context.hosts }),
    dns: planDns(service.dns ?? {}),
    labels: sortedRecord(service.labels ?? {}),
    containerLabels: sortedRecord(service.containerLabels ?? {}),
    placement: {
      constraints: sortedUnique([
        ...(service.placement?.constraints ?? []),
        ...(leader === undefined ? [] : [colocationConstraint(leader)]),
      ]),
      spread: service.placement?.spread ?? [],
      maxReplicasPerHost: service.placement?.maxReplicasPerHost ?? 0,
    },
    ...present("healthcheck", planHealthcheck(service.healthcheck)),
    restart: planRestart(service.restart ?? {}, mode, hasReplicated || leader !== undefined),
    update,
    // A roll-back that fails is looked at by a person.
    rollback: planUpdate(service.rollback, { ...update, onFailure: "pause" }),
    stopGracePeriodSeconds: secondsOr(service.stopGracePeriod, 10),
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
    intervalSeconds: secondsOr(healthcheck.interval, 10),
    timeoutSeconds: secondsOr(healthcheck.timeout, 5),
    retries: healthcheck.retries ?? 3,
    startPeriodSeconds: secondsOr(healthcheck.startPeriod, 0),
  };
}

function planResources(resources: Resources = {}): ResourcesPlan {
  const { limits = {}, reservations = {} } = resources;
  return {
    limits: {
      ...present("cpus", limits.cpus),
      ...present("memoryBytes", bytesOf(limits.memory)),
      ...present("pids", limits.pids),
    },
    reservations: {
      ...present("cpus", reservations.cpus),
      ...present("memoryBytes", bytesOf(reservations.memory)),
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
    deadlineSeconds: secondsOr(step.deadline, 300),
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
