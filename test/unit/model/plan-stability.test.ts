import fc from "fast-check";
import type { Site } from "../../../model/inventory";
import type { Plan } from "../../../model/plan";
import { planStack } from "../../../model/plan-site";
import { rawStage } from "./plans";
import { sites, stageSecretsOf } from "./sites";

function planOf(site: Site): Plan {
  const secrets = stageSecretsOf(site);
  return planStack({
    stackName: "private",
    config: { ...rawStage, "hive:secrets": JSON.stringify(secrets) },
    site,
  });
}

type Named = readonly { readonly name: string }[];

/** Entries by name, each as text: what a diff of two plans compares. */
function entries(list: Named): ReadonlyMap<string, string> {
  return new Map(list.map((entry) => [entry.name, JSON.stringify(entry)]));
}

/** A site without a service and without every dependency on it. */
function without(site: Site, name: string): Site {
  const services = Object.entries(site.services ?? {})
    .filter(([each]) => each !== name)
    .map(([each, service]) => [
      each,
      { ...service, dependsOn: service.dependsOn?.filter((wanted) => wanted !== name) ?? [] },
    ]);
  return { ...site, services: Object.fromEntries(services) as NonNullable<Site["services"]> };
}

/** The same value with the keys of all its maps the other way round. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(turned) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turned(inner)]),
  ) as T;
}

describe("for any site", () => {
  test("taking a service away, or adding it, changes only its own entries", () => {
    fc.assert(
      fc.property(sites, fc.nat(), (site, choice) => {
        const names = Object.keys(site.services ?? {});
        const name = names[choice % names.length] ?? "";
        const whole = planOf(site);
        const rest = planOf(without(site, name));

        // Services that waited for it wait no more: that is the one thing that the change says
        // about them.
        const expected = whole.services
          .filter((service) => service.name !== name)
          .map((service) => ({
            ...service,
            dependsOn: service.dependsOn.filter((wanted) => wanted !== name),
          }));
        expect(rest.services).toEqual(expected);
        // Nothing else appears, and what stays is letter by letter what it was.
        for (const key of ["overlays", "volumes", "secrets", "configs", "images"] as const) {
          const before = entries(whole[key]);
          for (const [entry, text] of entries(rest[key])) expect(before.get(entry)).toBe(text);
        }
        // What is gone was used by this service alone.
        const kept = JSON.stringify(rest.services);
        for (const key of ["overlays", "volumes", "secrets", "configs"] as const) {
          const after = entries(rest[key]);
          for (const entry of entries(whole[key]).keys()) {
            if (!after.has(entry)) expect(kept).not.toContain(`"${entry}"`);
          }
        }
        const fixed = ({ hosts, network, ssh, swarm, registry, phases }: Plan): unknown => ({
          hosts,
          network,
          ssh,
          swarm,
          registry,
          phases,
        });
        expect(fixed(rest)).toEqual(fixed(whole));
      }),
      { numRuns: 60 },
    );
  });

  test("the order in which it is written changes nothing", () => {
    fc.assert(
      fc.property(sites, (site) => {
        expect(JSON.stringify(planOf(turned(site)))).toBe(JSON.stringify(planOf(site)));
      }),
      { numRuns: 40 },
    );
  });

  test("the plan names secrets and holds no value of one", () => {
    fc.assert(
      fc.property(sites, (site) => {
        expect(JSON.stringify(planOf(site))).not.toContain("correct-horse");
      }),
      { numRuns: 40 },
    );
  });

  test("each number that is computed belongs to one thing", () => {
    fc.assert(
      fc.property(sites, (site) => {
        const plan = planOf(site);
        const ports = plan.services.flatMap((service) =>
          service.ports.map((port) => `${port.published}/${port.protocol}`),
        );
        const minors = plan.volumes.flatMap(({ replication }) => replication?.minor ?? []);
        expect(new Set(ports).size).toBe(ports.length);
        expect(new Set(minors).size).toBe(minors.length);
      }),
      { numRuns: 40 },
    );
  });
});
