import type { EngineServiceSpec } from "../engine-api/service-spec";
import { serviceMode } from "./health";

/**
 * Whether a service is reached by a virtual address or through the routing mesh: both are IPVS's
 * work (Moby, `libnetwork/service_linux.go`). Nobody reaches a job. Pure.
 */
export function needsIpvs(spec: EngineServiceSpec): boolean {
  const { Mode: mode, Ports: ports = [] } = spec.EndpointSpec ?? {};
  const isMeshed = ports.some(({ PublishMode }) => PublishMode !== "host");
  const hasAddress = mode !== "dnsrr" && (spec.TaskTemplate.Networks ?? []).length > 0;
  return serviceMode(spec) !== "job" && (isMeshed || hasAddress);
}
