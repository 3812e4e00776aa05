import type { EngineNode } from "../../model/engine-api/node";
import type { EngineService } from "../../model/engine-api/service";
import type { EngineTask } from "../../model/engine-api/task";
import { runsEverywhere } from "../../model/network/port-reach";
import { mode } from "../../model/service/mode";
import { allowedNodes, isRunning } from "../../model/service/health";
import type { DeployedAddress } from "../hosts/deployed-services";
import { shortName } from "../swarm/facts";
import type { AddressStatus, HostStatus } from "./report";

/**
 * The addresses at which a service should answer now. In host mode, the servers that run a task of
 * it; in the routing mesh all, if any task runs. Servers that do not answer, and kernels without
 * IPVS for the mesh, are problems of their own and have no address here. Pure.
 *
 * @param tasks all of the service
 * @param deployed all addresses that it may have
 */
export function presentAddresses(
  service: EngineService,
  tasks: readonly EngineTask[],
  nodes: readonly EngineNode[],
  deployed: readonly DeployedAddress[],
  hosts: readonly Pick<HostStatus, "name" | "reachable" | "ipvs">[],
): readonly AddressStatus[] {
  const running = tasks.filter((task) => isRunning(task, nodes));
  const busy = running.map(({ NodeID }) => nodes.find(({ ID }) => ID === NodeID));
  const names = busy.map((node) => node?.Description.Hostname);
  const allowed = allowedNodes(service.Spec, nodes).length;
  const everywhere = runsEverywhere(mode.fromEngine(service.Spec).mode, allowed);
  return deployed
    .filter(({ host: name, port }) => {
      const host = hosts.find((candidate) => candidate.name === name);
      if (host === undefined || !host.reachable) return false;
      if (port.mode === "host") return names.includes(name);
      return running.length > 0 && host.ipvs !== false;
    })
    .map(({ url, host, port }) => ({
      url,
      host: shortName(host),
      target: port.target,
      moves: port.mode === "host" && !everywhere,
    }));
}
