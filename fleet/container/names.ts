import { cidrFault, overlaps, parseCidr } from "../../model/network/addresses";
import type { Plan } from "../../model/plan";
import type { Problem } from "../../model/problem/problems";
import type { DockerFacts } from "./docker-facts";
import { isOwn, stageKey } from "./ownership";

/**
 * Checks names and networks of the stage against those that this computer's Docker Engine already
 * has.
 */

/** Name of the stage's network on the engine. */
export function networkName(plan: Pick<Plan, "hosts" | "siteName">): string {
  const first = plan.hosts[0];
  const prefix =
    first === undefined ? "" : first.name.slice(0, first.name.indexOf(first.logicalName));
  return `${prefix}${plan.siteName}`;
}

/** Networks of the engine that conflict with the stage's, by address or by name. */
export function networkProblems(plan: Plan, facts: DockerFacts): Problem[] {
  const cidr = parseCidr(plan.network.cidr);
  const wantedName = networkName(plan);
  return facts.networks
    .filter((network) => !isOwn(plan, network.labels))
    .flatMap((network) => {
      const problems: Problem[] = [];
      const meeting = network.cidrs.find(
        (text) => cidrFault(text) === undefined && overlaps(parseCidr(text), cidr),
      );
      if (meeting !== undefined) {
        problems.push({
          path: stageKey(plan, "cidr"),
          value: plan.network.cidr,
          message: `overlaps the Docker network "${network.name}" (${meeting}) of this computer`,
          remedy: `write another network, e.g. ${freeCidr(facts)}; or, if nothing uses the other one: docker network rm ${network.name}`,
        });
      }
      if (network.name === wantedName) {
        problems.push({
          path: stageKey(plan, "siteName"),
          value: plan.siteName,
          message: `the stage's network is named "${wantedName}", but this computer has a Docker network of this name that does not belong to the stage`,
          remedy: `write another hive:siteName; or, if nothing uses the other one: docker network rm ${network.name}`,
        });
      }
      return problems;
    });
}

/**
 * A /24 of 172.20.0.0/14 to 172.28.0.0/14 that no network of the engine overlaps: a working
 * proposal.
 */
function freeCidr(facts: DockerFacts): string {
  const taken = facts.networks
    .flatMap((network) => network.cidrs)
    .filter((text) => cidrFault(text) === undefined)
    .map((text) => parseCidr(text));
  for (let second = 31; second >= 20; second--) {
    const text = `172.${second}.16.0/24`;
    if (!taken.some((cidr) => overlaps(cidr, parseCidr(text)))) return text;
  }
  return "192.168.240.0/24";
}

/** Containers of the engine that have the name of a server but do not belong to the stage. */
export function containerNameProblems(plan: Plan, facts: DockerFacts): Problem[] {
  const names = plan.hosts.map((host) => host.name);
  return facts.containers
    .filter((container) => names.includes(container.name))
    .filter((container) => container.labels !== undefined && !isOwn(plan, container.labels))
    .map((container) => ({
      path: stageKey(plan, "siteName"),
      value: plan.siteName,
      message: `a server is named "${container.name}", but this computer has a container of this name that does not belong to the stage`,
      remedy: `write another hive:siteName; or, if nothing uses the other one: docker rm --force ${container.name}`,
    }));
}
