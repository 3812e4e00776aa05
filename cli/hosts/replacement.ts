import type { HostPlan, Plan } from "../../model/plan";
import { decidingConstraints } from "../../model/service/colocation";
import { eligibleHosts } from "../../model/service/placement-constraints";
import type { StateResource } from "../pulumi/state";
import { readUrn } from "../pulumi/urn";
import { shortName, type SwarmFacts } from "../swarm/facts";
import { nameOf, reasonsNotToDrain, servicesOn, servicesOnlyOn } from "./drained-host";
import { nodeNamed } from "./swarm-member";

/** The resource that is a server; undefined if the state has none. */
export function serverResource(
  resources: readonly StateResource[],
  host: Pick<HostPlan, "logicalName">,
  serverType: string,
): StateResource | undefined {
  return resources.find(
    ({ urn, type, replaced }) =>
      type === serverType &&
      replaced !== true &&
      readUrn(urn).name.endsWith(`-${host.logicalName}`),
  );
}

/**
 * Whether no run has made a server so far: the state has neither it, nor one that it replaces, nor
 * a step of its set-up. Pure.
 */
export function isNotMadeYet(
  { logicalName }: Pick<HostPlan, "logicalName">,
  resources: readonly Pick<StateResource, "urn" | "type">[],
  serverType: string,
): boolean {
  return !resources.some(({ urn, type }) => {
    const { name } = readUrn(urn);
    return type === serverType
      ? name.endsWith(`-${logicalName}`)
      : name.startsWith(`setup-${logicalName}-`);
  });
}

/**
 * Whether an interrupted run has replaced a server, or removed it to replace it, and has not set up
 * the new one: then a plain run goes on, and the new server need not be replaced again.
 */
export function isHalfReplaced(
  server: Pick<StateResource, "id"> | undefined,
  resources: readonly Pick<StateResource, "urn" | "inputs">[],
): boolean {
  if (server === undefined) return true;
  return !resources.some(
    ({ urn, inputs }) =>
      /^setup-.+-engine$/.test(readUrn(urn).name) && inputs["incarnation"] === server.id,
  );
}

/** Why a server must not be replaced now, a sentence each. Pure. */
export function reasonsNotToReplace(facts: SwarmFacts, name: string): readonly string[] {
  const node = nodeNamed(facts.nodes, name);
  const only = node === undefined ? [] : servicesOnlyOn(facts, node.ID);
  return [
    ...reasonsNotToDrain(facts.nodes, name),
    ...(only.length === 0
      ? []
      : [
          `${only.join(", ")} ${only.length === 1 ? "has its only task" : "have their only tasks"} on ${shortName(name)}: away until another server has started ${only.length === 1 ? "it" : "them"}, or until this one is back`,
        ]),
  ];
}

/** What is said before a replacement: which services feel it, what is kept and lost. Pure. */
export function replacementText(
  plan: Pick<Plan, "services" | "volumes" | "hosts" | "traits">,
  host: HostPlan,
  facts: SwarmFacts,
): string {
  const { replacement } = plan.traits;
  const node = facts.nodes.find((each) => nameOf(each) === host.name);
  const moving = node === undefined ? [] : servicesOn(facts, node.ID);
  const local = replacement?.losesEngineData === true ? localVolumes(plan, host) : [];
  const isRepository = host.role === "repository";
  const lost = [
    replacement?.loses,
    ...(local.length === 0 ? [] : [`THE DATA of its local volumes ${local.join(", ")}`]),
    ...(isRepository && replacement?.losesEngineData === true
      ? ["THE IMAGES of its registry: the run builds the present ones again, earlier ones are gone"]
      : []),
  ].filter((text) => text !== undefined);
  return [
    `${shortName(host.name)} is replaced by a new server.`,
    isRepository
      ? "  away: the registry; services run on, but a task that moves may lack its image"
      : `  moves away first: ${moving.length === 0 ? "nothing" : moving.join(", ")}`,
    `  kept: ${replacement?.keeps ?? ""}`,
    `  LOST: ${lost.join("; ")}`,
  ].join("\n");
}

/** Local volumes that may have data on a server: those of services that may run there. */
function localVolumes(
  { services, volumes, hosts }: Pick<Plan, "services" | "volumes" | "hosts">,
  host: HostPlan,
): readonly string[] {
  if (host.role !== "cluster") return [];
  const cluster = hosts.filter(({ role }) => role === "cluster");
  return volumes
    .filter(({ kind }) => kind === "local")
    .filter(({ name }) =>
      services.some(
        (service) =>
          service.mounts.some((mount) => mount.kind === "volume" && mount.volume === name) &&
          eligibleHosts(decidingConstraints(service, services), cluster).some(
            (each) => each.name === host.name,
          ),
      ),
    )
    .map(({ name }) => name);
}
