import type { ServerContainer, Transform } from "../inventory";
import type { HostPlan, StageName } from "../plan";
import { type Problem, printableValue } from "../problem/problems";
import { check } from "../schema/check";
import { serverContainerSchema } from "../schema/server-container";
import {
  planServerContainer,
  serverContainer,
  type ServerContainerPlan,
} from "../server-container";
import { sameValue } from "../values/same-value";
import { askTransform, transformPath } from "./ask-transform";
import type { Fill } from "./fill-values";

/** Servers that the site's transform changes. */
export interface TransformedServers {
  /** By logical name; servers that stay as hive makes them are absent. */
  readonly containers: Readonly<Record<string, ServerContainerPlan>>;
  readonly problems: readonly Problem[];
}

/** The stage whose servers are containers. */
export interface ContainerStage {
  readonly stage: StageName;
  readonly siteName: string;
  readonly hosts: readonly HostPlan[];
}

/** Asks the site's transform about each server of a fleet of containers. */
export function transformServers(
  { stage, siteName, hosts }: ContainerStage,
  transform: Transform["server"],
  fill: Fill,
): TransformedServers {
  if (transform === undefined) return { containers: {}, problems: [] };
  const problems: Problem[] = [];
  const containers: Record<string, ServerContainerPlan> = {};
  for (const host of hosts) {
    const own = serverContainer(stage, siteName, host);
    const { logicalName: name, role } = host;
    const answer = askTransform("server", transform, own, { stage, name, role }, fill);
    const found =
      answer.problem === undefined
        ? containerProblems(name, own, answer.returned)
        : [answer.problem];
    problems.push(...found);
    if (found.length > 0 || answer.problem !== undefined) continue;
    const wanted = planServerContainer(answer.returned as ServerContainer);
    if (!sameValue(wanted, planServerContainer(own))) containers[name] = wanted;
  }
  return { containers, problems };
}

function containerProblems(
  name: string,
  own: ServerContainer,
  returned: object,
): readonly Problem[] {
  const locate = (path: readonly PropertyKey[]): string => transformPath("server", name, path);
  const checked = check(serverContainerSchema, returned, {
    locate,
    secret: (path) => ["environment", "labels", "logging"].includes(String(path[0])),
    name,
  });
  return checked.ok ? labelProblems(own, checked.value, locate) : checked.problems;
}

/** Labels of hive that are not as hive wants them: by them it finds its own servers. */
function labelProblems(
  { labels: own }: ServerContainer,
  { labels }: Pick<ServerContainer, "labels">,
  locate: (path: readonly PropertyKey[]) => string,
): readonly Problem[] {
  const reserved = new Set([
    ...Object.keys(own),
    ...Object.keys(labels).filter((label) => label.startsWith("hive.")),
  ]);
  return [...reserved]
    .filter((label) => labels[label] !== own[label])
    .map((label) => ({
      path: locate(["labels", label]),
      value: printableValue(labels[label]) ?? "nothing",
      message:
        own[label] === undefined
          ? "labels that begin with hive. are hive's own"
          : `hive knows its servers by this label; it is ${JSON.stringify(own[label])}`,
      remedy:
        own[label] === undefined
          ? "choose another name"
          : "keep the labels that are there: { ...server.labels, … }",
    }));
}
