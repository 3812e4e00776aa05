import type { EngineServiceSpec } from "../engine-api/service-spec";
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
