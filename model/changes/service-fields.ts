import type { InitializationPlan, ServicePlan } from "../plan";
import { portOfSwarm } from "../service/ports";
import { routeAddress } from "../service/routes";

/** A field of a service's plan. */
export type ServiceField = Exclude<keyof ServicePlan, "name">;

/** How a change of a field is told. */
export interface FieldWords {
  /** The field, or one of its parts: `command`, `variable`. */
  readonly word: string;
  /** More than one part; absent: the field has no parts. */
  readonly plural?: string;
}

/** The words for every field: the compiler asks for those of a new one. */
export const fieldWords: Readonly<Record<ServiceField, FieldWords>> = {
  image: { word: "image" },
  dependsOn: { word: "dependency", plural: "dependencies" },
  mode: { word: "mode" },
  entrypoint: { word: "entrypoint" },
  command: { word: "command" },
  environment: { word: "variable", plural: "variables" },
  ports: { word: "port", plural: "ports" },
  routes: { word: "route", plural: "routes" },
  endpointMode: { word: "endpoint mode" },
  networks: { word: "network", plural: "networks" },
  mounts: { word: "mount", plural: "mounts" },
  secrets: { word: "secret", plural: "secrets" },
  configs: { word: "config", plural: "configs" },
  hostname: { word: "hostname" },
  hosts: { word: "host name in /etc/hosts", plural: "host names in /etc/hosts" },
  dns: { word: "DNS" },
  labels: { word: "label", plural: "labels" },
  containerLabels: { word: "label of its containers", plural: "labels of its containers" },
  placement: { word: "placement" },
  healthcheck: { word: "health check" },
  restart: { word: "restart policy" },
  update: { word: "roll-out policy" },
  rollback: { word: "roll-back policy" },
  stopGracePeriodSeconds: { word: "stop grace period" },
  stopSignal: { word: "stop signal" },
  user: { word: "user" },
  workingDirectory: { word: "working directory" },
  groups: { word: "groups" },
  capabilities: { word: "capabilities" },
  newPrivileges: { word: "new privileges" },
  rootOnServers: { word: "root on the servers" },
  sysctls: { word: "kernel setting", plural: "kernel settings" },
  ulimits: { word: "limit of processes", plural: "limits of processes" },
  init: { word: "init process" },
  readOnly: { word: "read-only file system" },
  tty: { word: "terminal" },
  stdinOpen: { word: "standard input" },
  resources: { word: "resources" },
  logging: { word: "logging" },
  standalone: { word: "standalone" },
  initialize: { word: "step of initial data", plural: "steps of initial data" },
  backups: { word: "backup", plural: "backups" },
  logMonitoring: { word: "log monitoring" },
};

/** The content of what a service uses, by name in the site. */
export interface UsedContent {
  readonly image: (image: ServicePlan["image"]) => unknown;
  readonly networks: (name: string) => unknown;
  readonly secrets: (name: string) => unknown;
  readonly configs: (name: string) => unknown;
  readonly volumes: (name: string) => unknown;
  readonly initialize: (step: InitializationPlan) => unknown;
}

/**
 * The parts of each field of a service by a name of their own, each with the content of what it
 * uses. A field without parts has one part, "".
 */
export function fieldParts(
  service: ServicePlan,
  used: UsedContent,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const parts: Partial<Record<ServiceField, Readonly<Record<string, unknown>>>> = {
    image: { "": used.image(service.image) },
    dependsOn: by(service.dependsOn, (one) => one),
    environment: service.environment,
    // What a port speaks changes no server and no task.
    ports: by(
      service.ports.map(portOfSwarm),
      (port) => `${port.published}/${port.protocol} ${port.target}`,
    ),
    ...(service.routes === undefined ? {} : { routes: by(service.routes, routeAddress) }),
    networks: by(
      service.networks.map((one) => ({ ...one, content: used.networks(one.network) })),
      ({ network }) => network,
    ),
    mounts: by(
      service.mounts.map((one) => ({
        ...one,
        ...(one.kind === "volume" ? { content: used.volumes(one.volume) } : {}),
      })),
      ({ target }) => target,
    ),
    secrets: by(
      service.secrets.map((one) => ({ ...one, content: used.secrets(one.name) })),
      ({ name, target }) => `${name} ${target}`,
    ),
    configs: by(
      service.configs.map((one) => ({ ...one, content: used.configs(one.name) })),
      ({ name, target }) => `${name} ${target}`,
    ),
    hosts: service.hosts,
    labels: service.labels,
    containerLabels: service.containerLabels,
    sysctls: service.sysctls,
    ulimits: by(service.ulimits, ({ name }) => name),
    initialize: by(
      service.initialize.map((step) => ({ ...step, content: used.initialize(step) })),
      ({ name }) => name,
    ),
    backups: by(service.backups, ({ name }) => name),
  };
  const whole = Object.entries(service)
    .filter(([field, value]) => field !== "name" && value !== undefined)
    .map(([name, value]) => [name, { "": value as unknown }]);
  return { ...Object.fromEntries(whole), ...parts } as Readonly<
    Record<string, Readonly<Record<string, unknown>>>
  >;
}

function by<One>(all: readonly One[], name: (one: One) => string): Record<string, One> {
  return Object.fromEntries(all.map((one) => [name(one), one]));
}
