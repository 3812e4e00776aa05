import { givenServers } from "../../fleet/given-servers";
import { fleetTraits } from "../../fleet/traits";
import { type Cidr, hostAddress, parseCidr } from "../network/addresses";
import { addressInZone } from "../network/zone-subnets";
import { longestHostName, stagePrefixes } from "../values/names";
import type { HostPlan, StageName } from "../plan";
import type { Problem } from "../problem/problems";
import { type SiteCheck, siteFile } from "../schema/check-site";
import { labelsOfHost } from "../stage/host-labels";
import { clusterIndices, logicalNameOf, repositoryIndex, zoneOf } from "../stage/server-indices";
import { type StageConfig, stageFile } from "../stage/check-stage";

/**
 * The servers of a stage, in the order of their indices. An index is a server's identity: name,
 * address and zone follow from it alone. That of the repository server is {@link repositoryIndex},
 * so that growing or shrinking the cluster does not change the other servers. For existing servers,
 * the stage gives addresses and zones.
 */
export function planHosts(
  stage: StageName,
  siteName: string,
  config: Pick<StageConfig, "fleet" | "cidr" | "clusterHosts" | "zones" | "labels" | "prepared">,
): readonly HostPlan[] {
  const cidr = parseCidr(config.cidr);
  return [...clusterIndices(config.clusterHosts), repositoryIndex]
    .sort((left, right) => left - right)
    .map((index): Omit<HostPlan, "labels"> => {
      const logicalName = logicalNameOf(index);
      const given = givenServers(config)?.servers[logicalName];
      return {
        index,
        name: hostName(stage, siteName, index),
        logicalName,
        role: index === repositoryIndex ? "repository" : "cluster",
        zone: given?.zone ?? zoneOf(index, config.zones),
        privateAddress: given?.privateAddress ?? dealtAddress(config, cidr, index),
        ...(given === undefined || given.otherAddresses.length === 0
          ? {}
          : { otherAddresses: given.otherAddresses }),
        ...(given === undefined || Object.keys(given.devices).length === 0
          ? {}
          : { devices: given.devices }),
        ...(given?.sshPort === undefined ? {} : { sshPort: given.sshPort }),
      };
    })
    .map((host) => ({ ...host, labels: labelsOfHost(host, config.labels) }));
}

function dealtAddress(
  { fleet, zones }: Pick<StageConfig, "fleet" | "zones">,
  cidr: Cidr,
  index: number,
): string {
  return fleetTraits[fleet].zoneSubnets === true
    ? addressInZone(cidr, zones.length, index)
    : hostAddress(cidr, index);
}

function hostName(stage: StageName, siteName: string, index: number): string {
  return `${stagePrefixes[stage]}hive${index}.${siteName}`;
}

/** The problem of a site whose name makes the names of its servers too long. */
export function hostNameProblems(
  stage: StageName,
  config: Partial<StageConfig>,
  site: SiteCheck,
): readonly Problem[] {
  const siteName = config.siteName ?? site.name;
  if (siteName === undefined || config.clusterHosts === undefined) return [];
  const longest = hostName(stage, siteName, config.clusterHosts);
  if (longest.length <= longestHostName) return [];
  return [
    {
      path:
        config.siteName === undefined ? `${siteFile}: name` : `${stageFile(stage)}: hive:siteName`,
      value: JSON.stringify(siteName),
      message: `makes host names such as ${longest} of ${longest.length} letters; Linux takes ${longestHostName}`,
      remedy: `write a name of at most ${siteName.length - (longest.length - longestHostName)} letters`,
    },
  ];
}
