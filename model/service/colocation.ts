/**
 * Services that run together on one server and share their replicated volumes. Pure.
 *
 * Swarm has no affinity between services. A service that follows another one (`placement.with`) is
 * held by a placement constraint on a node label, and an agent on the cluster's servers
 * (`platform/agents/colocation`) keeps that label on the server to which the other one's task is
 * assigned. Only the constraint records this: the agent, the driver of the private stage's volumes
 * and {@link groupOf} read nothing else.
 */

/**
 * Prefix of the agent's node labels: `hive.with.<leader>`. All other code leaves these labels
 * alone.
 */
const prefix = "hive.with.";

/** Whether a node label belongs to the agent. */
export function isColocationLabel(key: string): boolean {
  return key.startsWith(prefix);
}

/** The placement constraint of a service that runs on the server of the service `leader`. */
export function colocationConstraint(leader: string): string {
  return `node.labels.${prefix}${leader}==true`;
}

/**
 * The service that a service follows, according to its placement constraints; undefined if it
 * follows none.
 *
 * @param constraints from the plan or a Docker Engine, with or without spaces
 */
export function leaderOf(constraints: readonly string[]): string | undefined {
  for (const constraint of constraints) {
    // Swarm compares values case-insensitively (swarmkit, `manager/constraint`).
    const [, leader] =
      /^\s*node\.labels\.hive\.with\.(\S+?)\s*==\s*true\s*$/i.exec(constraint) ?? [];
    if (leader !== undefined) return leader;
  }
  return undefined;
}

/**
 * The group of a service from `GET /services` (`Spec`): the name of the service that it follows, or
 * its own. Services of one group share their replicated volumes; other services exclude each other.
 */
export function groupOf(spec: {
  readonly Name: string;
  readonly TaskTemplate?: {
    readonly Placement?: { readonly Constraints?: readonly string[] | null } | null;
  };
}): string {
  return leaderOf(spec.TaskTemplate?.Placement?.Constraints ?? []) ?? spec.Name;
}

/** The relevant parts of a planned service. */
interface Placed {
  readonly name: string;
  readonly placement: { readonly constraints: readonly string[] };
}

/**
 * Names of the services that run together with a service, including its own; undefined for a
 * service that runs by itself. Only these share its replicated volumes: a former member of the
 * group that will be removed does not count.
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
 * The constraints that decide where a service runs; for a follower, those of its leader.
 */
export function decidingConstraints(
  { placement }: Placed,
  services: readonly Placed[],
): readonly string[] {
  const leader = leaderOf(placement.constraints);
  if (leader === undefined) return placement.constraints;
  return services.find((each) => each.name === leader)?.placement.constraints ?? [];
}
