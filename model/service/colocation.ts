/**
 * Services that run together on one server and hold their replicated volumes as one. Pure.
 *
 * Swarm has no affinity between services. A service that follows another one (`placement.with`) is
 * held by a placement constraint on a node label, and an agent on the cluster's servers
 * (`platform/agents/colocation`) keeps that label on the server to which the other one's task is
 * assigned. The constraint is all that says so: the agent, the driver of the private stage's
 * volumes and {@link groupOf} read nothing else.
 */

/**
 * Begins the node labels that the agent keeps: `hive.with.<leader>`. Whoever else keeps node labels
 * leaves these alone.
 */
const prefix = "hive.with.";

/** Whether a node label is one that the agent keeps. */
export function isColocationLabel(key: string): boolean {
  return key.startsWith(prefix);
}

/** The placement constraint of a service that runs where the service `leader` does. */
export function colocationConstraint(leader: string): string {
  return `node.labels.${prefix}${leader}==true`;
}

/**
 * The service that a service follows, by its placement constraints; undefined for one that follows
 * none.
 *
 * @param constraints as the plan or an engine has them, with spaces or without
 */
export function leaderOf(constraints: readonly string[]): string | undefined {
  for (const constraint of constraints) {
    // The engine compares values without regard to case (swarmkit, `manager/constraint`).
    const [, leader] =
      /^\s*node\.labels\.hive\.with\.(\S+?)\s*==\s*true\s*$/i.exec(constraint) ?? [];
    if (leader !== undefined) return leader;
  }
  return undefined;
}

/**
 * The group of a service as an engine lists it (`GET /services`, `Spec`): the name of the service
 * that it follows, or its own. Services of one group share their replicated volumes; any others
 * exclude each other.
 */
export function groupOf(spec: {
  readonly Name: string;
  readonly TaskTemplate?: {
    readonly Placement?: { readonly Constraints?: readonly string[] | null } | null;
  };
}): string {
  return leaderOf(spec.TaskTemplate?.Placement?.Constraints ?? []) ?? spec.Name;
}

/** A service of the plan, as far as it matters here. */
interface Placed {
  readonly name: string;
  readonly placement: { readonly constraints: readonly string[] };
}

/**
 * Names of the services that run together with a service, its own among them; undefined for one
 * that runs by itself. Only these share its replicated volumes: a service that was of the group,
 * and is to go, is none of them.
 *
 * @param services all of the plan
 */
export function partnersOf(
  service: Placed,
  services: readonly Placed[],
): readonly string[] | undefined {
  const groupName = ({ name, placement }: Placed): string =>
    leaderOf(placement.constraints) ?? name;
  const group = services.filter((other) => groupName(other) === groupName(service));
  return group.length > 1 ? group.map(({ name }) => name).sort() : undefined;
}

/**
 * The constraints that decide where a service runs: the place of one that follows another is that
 * one's.
 */
export function decidingConstraints(
  { placement }: Placed,
  services: readonly Placed[],
): readonly string[] {
  const leader = leaderOf(placement.constraints);
  if (leader === undefined) return placement.constraints;
  return services.find((each) => each.name === leader)?.placement.constraints ?? [];
}
