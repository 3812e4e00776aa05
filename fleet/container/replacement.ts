import type { Plan } from "../../model/plan";
import type { Problem } from "../../model/problem/problems";
import type { DockerContainer, DockerFacts } from "./docker-facts";
import { isOwn, stageKey } from "./ownership";
import { serverSettingsLabel, settingsOf } from "./server-settings";

/**
 * Finds servers that a run replaces because the server image, or what the site's transform makes of
 * them, has changed.
 */

/**
 * Label of a server container, inherited from its image: the image's tag. Older servers do not have
 * it.
 */
export const serverImageLabel = "hive.server-image";

/** The existing servers of the stage. */
function ownServers(plan: Plan, facts: DockerFacts): readonly DockerContainer[] {
  const names = plan.hosts.map((host) => host.name);
  return facts.containers.filter(
    ({ name, labels }) => names.includes(name) && labels !== undefined && isOwn(plan, labels),
  );
}

/**
 * The servers that were made from another image than the project's present one, or that the site's
 * transform changes: a run replaces them.
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

/** The existing containers of the stage's cluster servers. */
export function memberContainers(plan: Plan, facts: DockerFacts): readonly DockerContainer[] {
  const members = plan.hosts.filter(({ role }) => role === "cluster").map(({ name }) => name);
  return ownServers(plan, facts).filter(({ name }) => members.includes(name));
}

/**
 * While a server is replaced, all other managers of the Swarm must be reachable: losing one more
 * could cost the majority.
 */
export function replacementProblems(plan: Plan, facts: DockerFacts): Problem[] {
  const outdated = outdatedServers(plan, facts);
  const servers = new Map(ownServers(plan, facts).map((server) => [server.name, server]));
  const members = plan.hosts.filter((host) => host.role === "cluster").map(({ name }) => name);
  const stopped = members.filter((name) => servers.get(name)?.running === false);
  const missing = members.filter((name) => !servers.has(name));
  // A server that was lost while it was replaced is made again: no other one stops for that.
  if (outdated.every(({ name }) => stopped.includes(name))) return [];
  const isOfTransform = outdated.every(
    ({ labels }) => labels?.[serverImageLabel] === facts.serverImage,
  );
  const takeOut =
    "take the last change out of transform.server, run `npx hive up`, and put it back corrected";
  const message = (what: string): string =>
    `the server image, or the site's transform of the servers, has changed, so servers are replaced one at a time while all others run; ${what}`;
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
            remedy:
              `start them, then run again: docker start ${stopped.join(" ")}` +
              (isOfTransform ? `. If they do not start, ${takeOut}` : ""),
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
            remedy: isOfTransform
              ? takeOut
              : "run `up` once with the release of hive that the stage was last run with, which recreates the missing servers; then run this release again",
          },
        ]),
  ];
}
