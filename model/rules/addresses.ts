import { cidrSize, parseCidr } from "../network/addresses";
import type { ServicePlan } from "../plan";
import type { Problem } from "../problem/problems";
import { sitePath } from "../schema/check-site";
import { stageFile } from "../stage/check-stage";
import { mostTasks, type Rule } from "./rule";

/** The Swarm cuts the pool into networks of this prefix. */
const partPrefix = 24;

/** Each network has enough addresses for everything that is on it at the same time. */
export const networkRoomProblems: Rule = ({ site, services, config }) => {
  const { clusterHosts } = config;
  if (clusterHosts === undefined) return [];
  return [...site.networks].flatMap(([name, network]): readonly Problem[] => {
    const plans = services
      .map(({ plan }) => plan)
      .filter((plan) => plan.networks.some((attachment) => attachment.network === name));
    // The range of an external network is unknown.
    if (plans.length === 0 || network.external !== undefined) return [];
    const size =
      network.subnet === undefined ? 2 ** (32 - partPrefix) : cidrSize(parseCidr(network.subnet));
    // The first and the last address are not usable, one is the gateway's, and each server needs
    // one for load balancing (moby, `libnetwork`, "<network>-endpoint").
    const room = Math.max(0, size - 3 - clusterHosts);
    const needed = plans.reduce((sum, plan) => sum + addressesOf(plan, clusterHosts), 0);
    if (needed <= room) return [];
    const key = network.subnet === undefined ? [] : ["subnet"];
    return [
      {
        path: sitePath(["networks", name, ...key]),
        value: network.subnet ?? `a /${partPrefix} of hive:overlayPool`,
        message:
          `has addresses for ${room} services and tasks besides its gateway and one for each of the ${clusterHosts} servers, ` +
          `but a roll-out of services needs ${needed} (${largest(plans, clusterHosts)})`,
        remedy: `write a subnet of at least a /${prefixFor(needed + clusterHosts + 3)}, or spread the services over several networks`,
      },
    ];
  });
};

/**
 * The pool of the Swarm has a part for each network without a subnet, and one for the Swarm's own
 * network.
 */
export const poolProblems: Rule = ({ site, services, config, stage }) => {
  const { overlayPool } = config;
  if (overlayPool === undefined) return [];
  const used = new Set(services.flatMap(({ plan }) => plan.networks.map(({ network }) => network)));
  const pooled = [...site.networks].filter(([name, network]) => {
    const { driver = "overlay", external, subnet } = network;
    if (external !== undefined) return false;
    return used.has(name) && subnet === undefined && driver === "overlay";
  });
  const { prefix } = parseCidr(overlayPool);
  const parts = prefix > partPrefix ? 0 : 2 ** (partPrefix - prefix);
  if (pooled.length + 1 <= parts) return [];
  return [
    {
      path: `${stageFile(stage)}: hive:overlayPool`,
      value: overlayPool,
      message:
        `has ${parts} networks of a /${partPrefix}, one of which is the Swarm's own (ingress), but ${pooled.length} networks of ` +
        `the site need one: ${pooled.map(([name]) => name).join(", ")}`,
      remedy:
        "give some of them a subnet outside of it, or use fewer networks; the pool itself is fixed when the Swarm is created",
    },
  ];
};

/**
 * Addresses of a service on one network: for each task, for new tasks that start before old ones
 * end, and for the service itself.
 */
function addressesOf(plan: ServicePlan, clusterHosts: number): number {
  const tasks = mostTasks(plan, clusterHosts);
  const { order, parallelism } = plan.update;
  const startsFirst = order === "start-first" && plan.mode.kind === "replicated";
  const beside = startsFirst ? (parallelism === 0 ? tasks : Math.min(parallelism, tasks)) : 0;
  return tasks + beside + (plan.endpointMode === "vip" ? 1 : 0);
}

/** The services that need most, for the message. */
function largest(plans: readonly ServicePlan[], clusterHosts: number): string {
  const shown = [...plans]
    .sort((left, right) => addressesOf(right, clusterHosts) - addressesOf(left, clusterHosts))
    .slice(0, 3)
    .map((plan) => `${plan.name} ${addressesOf(plan, clusterHosts)}`);
  return `${shown.join(", ")}${plans.length > 3 ? " …" : ""}`;
}

function prefixFor(addresses: number): number {
  return Math.max(0, 32 - Math.ceil(Math.log2(addresses)));
}
