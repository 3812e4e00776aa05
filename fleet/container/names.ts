import { cidrFault, overlaps, parseCidr } from "../../model/network/addresses";
import type { Plan } from "../../model/plan";
import type { Problem } from "../../model/problem/problems";
import type { DockerFacts } from "./docker-facts";
import { isOwn, stageKey } from "./ownership";

/**
 * Names and networks of the stage beside what the Docker Engine of this computer has already.
 */

/** Name of the stage's network on the engine. */
export function networkName(plan: Pick<Plan, "hosts" | "siteName">): string {
  const first = plan.hosts[0];
  const prefix =
    first === undefined ? "" : first.name.slice(0, first.name.indexOf(first.logicalName));
  return `${prefix}${plan.siteName}`;
}

/** Networks of the engine that meet the stage's, by address or by name. */
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
          remedy: `write another network, e.g. ${freeCidr(facts)}; or, if nothing needs it: docker network rm ${network.name}`,
        });
      }
      if (network.name === wantedName) {
        problems.push({
          path: stageKey(plan, "siteName"),
          value: plan.siteName,
          message: `the stage's network would be called "${wantedName}", and this computer has a Docker network of that name that is not the stage's own`,
          remedy: `write another hive:siteName; or, if nothing needs it: docker network rm ${network.name}`,
        });
      }
      return problems;
    });
}

/**
 * A /24 of 172.20.0.0/14 to 172.28.0.0/14 that no network of the engine overlaps: a proposal that
 * works.
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

/** Containers of the engine that have the name of a server and are not the stage's own. */
export function containerNameProblems(plan: Plan, facts: DockerFacts): Problem[] {
  const names = plan.hosts.map((host) => host.name);
  return facts.containers
    .filter((container) => names.includes(container.name))
    .filter((container) => container.labels !== undefined && !isOwn(plan, container.labels))
    .map((container) => ({
      path: stageKey(plan, "siteName"),
      value: plan.siteName,
      message: `a server would be called "${container.name}", and this computer has a container of that name that is not the stage's own`,
      remedy: `write another hive:siteName; or, if nothing needs it: docker rm --force ${container.name}`,
    }));
}
