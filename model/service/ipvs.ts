import type { EngineServiceSpec } from "../engine-api/service-spec";
import type { ServicePlan } from "../plan";
import { serviceMode } from "./health";

/**
 * Whether a service uses a virtual address or the routing mesh: both need IPVS (Moby,
 * `libnetwork/service_linux.go`). A job has neither. Pure.
 */
export function needsIpvs(spec: EngineServiceSpec): boolean {
  const { Mode: mode, Ports: ports = [] } = spec.EndpointSpec ?? {};
  const isMeshed = ports.some(({ PublishMode }) => PublishMode !== "host");
  const hasAddress = mode !== "dnsrr" && (spec.TaskTemplate.Networks ?? []).length > 0;
  return serviceMode(spec) !== "job" && (isMeshed || hasAddress);
}

/** {@link needsIpvs} of a planned service. */
export function willNeedIpvs({
  mode,
  ports,
  endpointMode,
  networks,
}: Pick<ServicePlan, "mode" | "ports" | "endpointMode" | "networks">): boolean {
  const isMeshed = ports.some((port) => port.mode === "ingress");
  return mode.kind !== "job" && (isMeshed || (endpointMode === "vip" && networks.length > 0));
}

/**
 * What is said of services that need IPVS where the servers' kernel has none.
 *
 * @param names at least one
 */
export function withoutIpvs(names: readonly string[]): string {
  const are = names.length === 1 ? "it is" : "they are";
  return (
    `No client can connect to ${names.join(", ")}: ${are} reached by a virtual address or through the routing mesh, ` +
    "and the servers' kernel has no IPVS.\n" +
    'Write endpointMode: "dnsrr", and mode: "host" for ports; or load the module ip_vs on the servers.'
  );
}
