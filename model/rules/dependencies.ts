import type { Problem } from "../problem/problems";
import { runsOn, servicePath } from "../schema/check-site";
import { forEachService, type PlannedService, type RuleInput, unknownReference } from "./rule";

/** Services that must be ready first exist, run on this stage, and are ready some time. */
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
 * No services wait for each other in a circle. Each circle is one problem, at its first service in
 * alphabetical order.
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
 * Where it is written that a service waits for another one: one that runs with another one waits
 * for it too.
 */
function pathOfWait(services: readonly PlannedService[], name: string, wanted: string): string {
  const service = services.find((candidate) => candidate.name === name)?.service;
  const index = service?.dependsOn?.indexOf(wanted) ?? -1;
  return servicePath(name, index < 0 ? ["placement", "with"] : ["dependsOn", index]);
}

/**
 * The circles that are met on the way along the dependencies of a service, each from its first
 * service in alphabetical order. A service that is on no way any more is `done`: it is not walked
 * again, so the walk is as long as the list of dependencies.
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
