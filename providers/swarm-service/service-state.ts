import { normalizeService, type ServiceSpec, type ServiceWish } from "../../model/service-spec";
import type { HostAccess } from "../transport/host-access";

/** An account of the registry from which the hosts pull. */
export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
}

/** Inputs of a service after `check`: defaults are written out. */
export interface SwarmServiceInputs extends ServiceSpec {
  /** Bumped when code that runs from the state changes; changes nothing else. */
  readonly revision: number;
  /** Hosts of which any may be asked. */
  readonly managers: readonly HostAccess[];
  /** Secret. Default: the images need no account. */
  readonly registryAuth?: RegistryAuth;
  /** How long the service may take to run as wanted. */
  readonly convergeDeadlineSeconds: number;
}

/** Inputs as a program gives them. */
export type SwarmServiceWish = ServiceWish &
  Pick<SwarmServiceInputs, "revision" | "managers" | "registryAuth"> & {
    readonly convergeDeadlineSeconds?: number;
  };

/** What the state holds of a service. */
export interface SwarmServiceState extends SwarmServiceInputs {
  readonly serviceId: string;
  /** False when the service was made but did not run; the next run goes on. */
  readonly complete: boolean;
}

/** Inputs that make the service in the Swarm what it is. */
export const serviceContent = [
  "name",
  "site",
  "image",
  "mode",
  "environment",
  "ports",
  "hostname",
  "labels",
  "healthcheck",
  "stopGracePeriodSeconds",
  "restartDelaySeconds",
  "update",
] as const;

/** Names of all inputs. */
export const swarmServiceInputs = [
  ...serviceContent,
  "revision",
  "managers",
  "registryAuth",
  "convergeDeadlineSeconds",
] as const;

/** Writes the defaults out. */
export function withDefaults(wish: SwarmServiceWish): SwarmServiceInputs {
  const { revision, managers, registryAuth, convergeDeadlineSeconds } = wish;
  return {
    ...normalizeService(wish),
    revision,
    managers,
    ...(registryAuth === undefined ? {} : { registryAuth }),
    convergeDeadlineSeconds: convergeDeadlineSeconds ?? 120,
  };
}

/** The normal form of the service, without how it is reached. */
export function specOf(inputs: SwarmServiceInputs): ServiceSpec {
  return normalizeService(inputs);
}

/** The state with the service as it was observed: what is absent there is absent. */
export function withObserved(state: SwarmServiceState, observed: ServiceSpec): SwarmServiceState {
  const { revision, managers, registryAuth, convergeDeadlineSeconds, serviceId, complete } = state;
  return {
    ...observed,
    revision,
    managers,
    ...(registryAuth === undefined ? {} : { registryAuth }),
    convergeDeadlineSeconds,
    serviceId,
    complete,
  };
}
