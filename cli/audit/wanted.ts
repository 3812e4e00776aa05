import type { Plan } from "../../model/plan";
import { gainsPrivileges } from "../../model/service/new-privileges";
import { registryContainer } from "../../render/registry";
import type { PresentOutputs } from "../hosts/stage-outputs";
import type { PlannedFacts, WantedFacts } from "./facts";

/**
 * What the stage is meant to be. Pure.
 *
 * @param plan absent while the site cannot be planned
 */
export function wantedFacts(
  { addresses, registry }: Pick<PresentOutputs, "addresses" | "registry">,
  plan?: Plan,
): WantedFacts {
  const published = Object.values(addresses).flatMap((list) =>
    list.flatMap(({ port }) => (port.protocol === "tcp" ? [port.published] : [])),
  );
  return {
    publishedPorts: [...new Set(published)].sort((a, b) => a - b),
    registryPort: Number(registry?.address?.split(":")[1] ?? 5000),
    ...(plan === undefined ? {} : { plan: plannedFacts(plan) }),
  };
}

function plannedFacts(plan: Plan): PlannedFacts {
  return {
    network: plan.network.cidr,
    sshPort: plan.ssh.port,
    encryptsNetworks: plan.traits.encryptsNetworks,
    updatesPackages: plan.traits.servers === "machines",
    externalNetworks: plan.externals
      .filter(({ kind }) => kind === "network")
      .map(({ externalName }) => externalName),
    services: Object.fromEntries(
      plan.services.map(({ name, capabilities, rootOnServers }) => [
        name,
        { capabilities: capabilities.add, rootOnServers: rootOnServers === true },
      ]),
    ),
    registryCapabilities: registryContainer(plan, "").rights.keepCapabilities ?? [],
    newPrivileges: plan.services.some(gainsPrivileges),
  };
}
