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
 * A command that succeeds on a server whose kernel has IPVS, or loads it when the Docker Engine
 * first needs it. A server that shares its kernel and has no modules of its own cannot load one.
 */
export const ipvsTest =
  "test -e /proc/net/ip_vs || cat /lib/modules/$(uname -r)/modules.dep /lib/modules/$(uname -r)/modules.builtin 2> /dev/null | grep -q /ip_vs.ko";

/**
 * What is said of services that need IPVS where the servers' kernel has none.
 *
 * @param names at least one
 */
export function withoutIpvs(names: readonly string[]): string {
  return (
    `No client can connect to ${names.join(", ")} by a virtual address or through the routing mesh: ` +
    "the servers' kernel has no IPVS. Routes work without it.\n" +
    'Write endpointMode: "dnsrr", and mode: "host" for ports; or load the module ip_vs on the servers.'
  );
}
