import type { StateResource } from "./pulumi/state";
import { dynamicType, readUrn } from "./pulumi/urn";

/** A service or volume of the plan, as far as it matters here. */
interface Named {
  readonly name: string;
}

/**
 * What a run will remove, a line each: services, and volumes with their data, that are in the state
 * but not in the plan.
 *
 * @param resources of the stage's state
 */
export function removalLines(
  plan: { readonly services: readonly Named[]; readonly volumes: readonly Named[] },
  resources: readonly Pick<StateResource, "urn">[],
): readonly string[] {
  const known = resources.map(({ urn }) => readUrn(urn));
  // The type too: the component of a service `mail-service` has the name that the resource of a
  // service `mail` has.
  const left = (kind: string, pattern: RegExp, kept: readonly Named[]): readonly string[] => {
    const found = known
      .filter(({ type }) => type === dynamicType(kind))
      .flatMap(({ name }) => pattern.exec(name)?.[1] ?? []);
    return found.filter((name) => !kept.some((one) => one.name === name)).sort();
  };
  const services = left("SwarmService", /^service-(.+)-service$/, plan.services);
  const volumes = left("Volume", /^volume-(.+)-on-hosts$/, plan.volumes);
  return [
    ...(services.length === 0 ? [] : [`Removes the ${things("service", services)}.`]),
    ...(volumes.length === 0
      ? []
      : [`Removes the ${things("volume", volumes)}, WITH ALL DATA, on every server.`]),
  ];
}

function things(kind: string, names: readonly string[]): string {
  return `${kind}${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
}
