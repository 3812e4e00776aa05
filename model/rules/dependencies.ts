import type { Problem } from "../problem/problems";
import { runsOn, servicePath } from "../schema/check-site";
import { forEachService, type PlannedService, type RuleInput, unknownReference } from "./rule";

/** Dependencies exist, run on this stage, and can become ready. */
export const dependencyProblems = forEachService(({ name, service }, { site, stage }) =>
  (service.dependsOn ?? []).flatMap((wanted, index) => {
    const path = servicePath(name, ["dependsOn", index]);
    if (wanted === name) {
      return [
        {
          path,
          value: `"${wanted}"`,
          message: "is the service itself, which would wait for itself",
          remedy: "remove it",
        },
      ];
    }
    const other = site.services.get(wanted);
    if (other === undefined) return unknownReference(site, "services", wanted, path);
    if (runsOn(other, stage)) return [];
    return [
      {
        path,
        value: `"${wanted}"`,
        message: `the stage ${stage} runs ${name}, but not ${wanted}`,
        remedy: `add "${stage}" to availableOn of ${wanted}, or take it out of availableOn of ${name}`,
      },
    ];
  }),
);

/**
 * Services do not wait for each other in a cycle. Each cycle is one problem, at its first service
 * in alphabetical order.
 */
export function cycleProblems({ services }: RuleInput): readonly Problem[] {
  const waitsFor = new Map(services.map(({ name, plan }) => [name, plan.dependsOn]));
  const found = new Set<string>();
  const done = new Set<string>();
  return services.flatMap(({ name }) =>
    cyclesFrom(name, [], waitsFor, done).flatMap((cycle) => {
      const [first = "", second = ""] = cycle;
      if (found.has(cycle.join(" "))) return [];
      found.add(cycle.join(" "));
      return [
        {
          path: pathOfWait(services, first, second),
          value: `"${second}"`,
          message: `the services wait for each other: ${[...cycle, first].join(" → ")}`,
          remedy: "remove one of these dependencies",
        },
      ];
    }),
  );
}

/**
 * The place of a dependency in the inventory; a service with `placement.with` waits for the other
 * one too.
 */
function pathOfWait(services: readonly PlannedService[], name: string, wanted: string): string {
  const service = services.find((candidate) => candidate.name === name)?.service;
  const index = service?.dependsOn?.indexOf(wanted) ?? -1;
  return servicePath(name, index < 0 ? ["placement", "with"] : ["dependsOn", index]);
}

/**
 * The cycles along the dependencies of a service, each from its first service in alphabetical
 * order. A completely visited service is `done` and not visited again, so the number of steps is
 * the number of dependencies.
 */
function cyclesFrom(
  name: string,
  way: readonly string[],
  waitsFor: ReadonlyMap<string, readonly string[]>,
  done: Set<string>,
): readonly (readonly string[])[] {
  const start = way.indexOf(name);
  // A service that waits for itself has a problem of its own.
  if (start >= 0) return start === way.length - 1 ? [] : [fromSmallest(way.slice(start))];
  if (done.has(name)) return [];
  const cycles = (waitsFor.get(name) ?? []).flatMap((next) =>
    cyclesFrom(next, [...way, name], waitsFor, done),
  );
  done.add(name);
  return cycles;
}

function fromSmallest(cycle: readonly string[]): readonly string[] {
  const smallest = cycle.reduce((least, name) => (name < least ? name : least));
  const at = cycle.indexOf(smallest);
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}
