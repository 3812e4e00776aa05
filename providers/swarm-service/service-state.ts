import { fieldNames, specFields } from "../../model/service/concepts";
import { normalizeService } from "../../model/service/normalize";
import type { ServiceSpec } from "../../model/service/spec";
import { changedInputs } from "../framework/dynamic";
import { isKnown } from "../framework/unknown-value";
import type { RegistryAuth } from "../registry/registry-auth";
import type { HostAccess } from "../transport/host-access";

/** Inputs of a service after `check`: in their normal form. */
export interface SwarmServiceInputs extends ServiceSpec {
  /** Changes with the code that runs from the state; has no other effect. */
  readonly revision: string;
  /** Hosts, any of which may be asked. */
  readonly managers: readonly HostAccess[];
  /** Secret. Default: the images need no account. */
  readonly registryAuth?: RegistryAuth;
  /** Names of the services that run together with this one, see `partnersOf`. Default: none. */
  readonly partners?: readonly string[];
  /** Names of the site's servers; `hosts` has their addresses. Default: none. */
  readonly servers?: readonly string[];
  /** How long the service may take to converge. */
  readonly convergeDeadlineSeconds: number;
}

/** Inputs as a program passes them. */
export type GivenServiceInputs = Omit<SwarmServiceInputs, "convergeDeadlineSeconds"> & {
  readonly convergeDeadlineSeconds?: number;
};

/** What the state holds of a service. */
export interface SwarmServiceState extends SwarmServiceInputs {
  readonly serviceId: string;
  /**
   * False when the service was created or changed but has not converged; the next run goes on.
   */
  readonly complete: boolean;
}

/** Inputs that define the service in the Swarm. */
export const serviceContent: readonly (keyof ServiceSpec)[] = ["name", "site", ...fieldNames];

/** Inputs that define the tasks, without the names of hosts. */
const taskContent: readonly (keyof ServiceSpec)[] = [
  "name",
  "site",
  ...fieldNames.filter((name) => name !== "hosts" && specFields[name] === "tasks"),
];

/** Names of all inputs. */
export const swarmServiceInputs: readonly (keyof SwarmServiceInputs)[] = [
  ...serviceContent,
  "revision",
  "managers",
  "registryAuth",
  "partners",
  "servers",
  "convergeDeadlineSeconds",
];

/** Brings inputs into their normal form. */
export function normalInputs(input: GivenServiceInputs): SwarmServiceInputs {
  const { revision, managers, registryAuth, partners, servers, convergeDeadlineSeconds } = input;
  const spec = normalizeService(input);
  return {
    ...spec,
    revision,
    managers,
    ...(registryAuth === undefined ? {} : { registryAuth }),
    ...(partners === undefined ? {} : { partners }),
    ...(servers === undefined ? {} : { servers }),
    convergeDeadlineSeconds: convergeDeadlineSeconds ?? convergeDeadline(spec, managers.length),
  };
}

/**
 * Inputs in their normal form, also while a preview does not know some of them: else the preview
 * would show every default as a difference. What is not known yet stays as it is given.
 *
 * @param olds inputs of the run before, if there was one: they stand for what is not known
 * @returns undefined if they cannot stand for it
 */
export function normalWhereKnown(
  news: GivenServiceInputs,
  olds: Partial<SwarmServiceInputs> | undefined,
): SwarmServiceInputs | undefined {
  const unknown = entriesOf(news).filter(([, value]) => !isKnown(value));
  const before = unknown.map(([name]) => [name, olds?.[name]] as const);
  if (before.some(([, value]) => value === undefined)) return undefined;
  const normal = normalInputs({ ...news, ...Object.fromEntries(before) });
  return { ...normal, ...Object.fromEntries(unknown) };
}

function entriesOf(input: GivenServiceInputs): [keyof SwarmServiceInputs, unknown][] {
  return Object.entries(input) as [keyof SwarmServiceInputs, unknown][];
}

/**
 * The inputs, but with the service's present names of servers when nothing else would change: a
 * change would replace every task only because servers were added or removed. The next other change
 * of the service brings the new names.
 *
 * @param olds inputs of the run before, if there was one
 */
export function deferServerNames(
  olds: Partial<SwarmServiceInputs> | undefined,
  news: SwarmServiceInputs,
): SwarmServiceInputs {
  const { hosts } = olds ?? {};
  if (olds === undefined || hosts === undefined || news.servers === undefined) return news;
  if (changedInputs(taskContent, olds, news).length > 0) return news;
  const names = [...new Set([...Object.keys(hosts), ...Object.keys(news.hosts)])];
  const servers = new Set([...(olds.servers ?? []), ...news.servers]);
  const cameOrWent = (name: string): boolean =>
    servers.has(name) && (hosts[name] === undefined || news.hosts[name] === undefined);
  const isForNothing = names.every((name) => hosts[name] === news.hosts[name] || cameOrWent(name));
  // All names that were ever kept, so that they are recognized as long as the service has them.
  return isForNothing ? { ...news, hosts, servers: [...servers].sort() } : news;
}

/** Time for image, network and start of a task; the waits of the roll-out itself are added. */
const baseSeconds = 120;
/** Time for a one-time job to end. */
const jobSeconds = 600;

/** How long a service may take by default; its own policies can make a roll-out long. */
function convergeDeadline(spec: ServiceSpec, hosts: number): number {
  const { mode, update, healthcheck } = spec;
  if (mode.kind === "job") return mode.schedule === undefined ? jobSeconds : baseSeconds;
  const places = mode.kind === "global" ? hosts : mode.replicas;
  const rounds = update.parallelism === 0 ? 1 : Math.ceil(places / update.parallelism);
  const round =
    update.monitorSeconds +
    update.delaySeconds +
    spec.stopGracePeriodSeconds +
    (healthcheck?.startPeriodSeconds ?? 0);
  return baseSeconds + Math.ceil(rounds * round);
}

/** The normal form of the service, without the access to the Swarm. */
export function specOf(inputs: SwarmServiceInputs): ServiceSpec {
  return normalizeService(inputs);
}

/** The state with the observed service: inputs that are absent there become absent. */
export function withObserved(state: SwarmServiceState, observed: ServiceSpec): SwarmServiceState {
  const { revision, managers, registryAuth, partners, servers, convergeDeadlineSeconds } = state;
  const { serviceId, complete } = state;
  return {
    ...observed,
    revision,
    managers,
    ...(registryAuth === undefined ? {} : { registryAuth }),
    ...(partners === undefined ? {} : { partners }),
    ...(servers === undefined ? {} : { servers }),
    convergeDeadlineSeconds,
    serviceId,
    complete,
  };
}
