import type { Plan } from "../../model/plan";
import type { Problem } from "../../model/problem/problems";
import type { DockerContainer, DockerFacts } from "./docker-facts";
import { isOwn, stageKey } from "./ownership";
import { serverSettingsLabel, settingsOf } from "./server-settings";

/**
 * Servers that a run replaces because the image of the servers, or what the site's transform says
 * of them, has changed.
 */

/**
 * Label of a server container, inherited from its image: the image's tag. Servers made before it
 * existed do not have it.
 */
export const serverImageLabel = "hive.server-image";

/** The stage's own servers that exist. */
function ownServers(plan: Plan, facts: DockerFacts): readonly DockerContainer[] {
  const names = plan.hosts.map((host) => host.name);
  return facts.containers.filter(
    ({ name, labels }) => names.includes(name) && labels !== undefined && isOwn(plan, labels),
  );
}

/**
 * Those that were made from another image than the one that the project has now, or that the site's
 * transform wants otherwise: a run replaces them.
 */
export function outdatedServers(plan: Plan, facts: DockerFacts): readonly DockerContainer[] {
  if (facts.serverImage === undefined) return [];
  const settings = new Map(plan.hosts.map((host) => [host.name, settingsOf(plan, host)]));
  return ownServers(plan, facts).filter(
    ({ name, labels }) =>
      labels?.[serverImageLabel] !== facts.serverImage ||
      labels?.[serverSettingsLabel] !== settings.get(name),
  );
}

/** The containers of the stage's cluster servers, as far as there are any. */
export function memberContainers(plan: Plan, facts: DockerFacts): readonly DockerContainer[] {
  const members = plan.hosts.filter(({ role }) => role === "cluster").map(({ name }) => name);
  return ownServers(plan, facts).filter(({ name }) => members.includes(name));
}

/**
 * While a server is replaced, all other managers of the Swarm must be there: one more that is lost
 * could cost it its majority.
 */
export function replacementProblems(plan: Plan, facts: DockerFacts): Problem[] {
  const [outdated] = outdatedServers(plan, facts);
  if (outdated === undefined) return [];
  const servers = new Map(ownServers(plan, facts).map((server) => [server.name, server]));
  const members = plan.hosts.filter((host) => host.role === "cluster").map(({ name }) => name);
  const stopped = members.filter((name) => servers.get(name)?.running === false);
  const missing = members.filter((name) => !servers.has(name));
  const message = (what: string): string =>
    `the image of the servers, or what the site's transform says of them, has changed, so they are replaced one at a time while all others run; ${what}`;
  return [
    ...(stopped.length === 0
      ? []
      : [
          {
            path: stageKey(plan, "fleet"),
            value: plan.fleet,
            message: message(
              `${stopped.join(", ")} ${stopped.length === 1 ? "does" : "do"} not run`,
            ),
            remedy: `start what is stopped, then run again: docker start ${stopped.join(" ")}`,
          },
        ]),
    ...(missing.length === 0
      ? []
      : [
          {
            path: stageKey(plan, "fleet"),
            value: plan.fleet,
            message: message(
              `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`,
            ),
            remedy:
              "bring the stage up once with the release of hive that it was last run with, which makes what is missing; then run this one again",
          },
        ]),
  ];
}
