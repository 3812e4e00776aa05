import { hostAddress, parseCidr } from "../network/addresses";
import { longestHostName, stagePrefixes } from "../values/names";
import type { HostPlan, StageName } from "../plan";
import type { Problem } from "../problem/problems";
import { type SiteCheck, siteFile } from "../schema/check-site";
import { type StageConfig, stageFile } from "../stage/check-stage";

/**
 * The servers of a stage. Cluster hosts have the indices 0 to n-1 and the repository server the index n: order is
 * identity. When a cluster grows from 3 to 5, hive0 to hive2 keep name and address, but the server `hive3`, which was the
 * repository server, becomes a cluster host and the repository server is made anew as `hive5`. Images are
 * built and pushed again by the next run; what else it has collected by then has to be taken along.
 */
export function planHosts(
  stage: StageName,
  siteName: string,
  config: Pick<StageConfig, "cidr" | "clusterHosts" | "zones">,
): readonly HostPlan[] {
  const cidr = parseCidr(config.cidr);
  return Array.from({ length: config.clusterHosts + 1 }, (_, index) => ({
    index,
    name: hostName(stage, siteName, index),
    logicalName: `hive${index}`,
    role: index < config.clusterHosts ? "cluster" : "repository",
    zone: config.zones[index % config.zones.length] ?? "",
    privateAddress: hostAddress(cidr, index),
  }));
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
