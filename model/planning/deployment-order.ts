import type { ServicePlan } from "../service-plan";

/**
 * The services in an order in which each comes after those that it depends on; among services that
 * are free, alphabetical order decides. Unknown names in `dependsOn` are skipped: the plan's rules
 * have reported them.
 *
 * @throws RangeError when services wait for each other, which the plan's rules exclude
 */
export function deploymentOrder<T extends Pick<ServicePlan, "name" | "dependsOn">>(
  services: readonly T[],
): readonly T[] {
  const left = new Map(services.map((service) => [service.name, service]));
  const ordered: T[] = [];
  while (left.size > 0) {
    const next = [...left.values()].find((service) =>
      service.dependsOn.every((name) => !left.has(name)),
    );
    if (next === undefined) {
      throw new RangeError(`The services ${[...left.keys()].join(", ")} wait for each other.`);
    }
    left.delete(next.name);
    ordered.push(next);
  }
  return ordered;
}
