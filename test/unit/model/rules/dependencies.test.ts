import fc from "fast-check";
import { faultsOf, image, problemsOf } from "../problems-of";

function services(
  dependsOn: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(dependsOn).map(([name, wanted]) => [name, { image, dependsOn: wanted }]),
  );
}

test("a dependency exists", () => {
  expect(problemsOf({ services: services({ web: ["ldp"], ldap: [] }) })).toEqual([
    'site/services/web.ts: services.web.dependsOn[0] | did you mean "ldap"? Else add ldp to services in site/site.ts',
  ]);
});

test("a dependency runs on the same stage", () => {
  const site = {
    services: {
      web: { image, dependsOn: ["ldap"] },
      ldap: { image, availableOn: ["production"] },
    },
  };
  expect(problemsOf(site, { stackName: "production" })).toEqual([]);
  expect(problemsOf(site)).toEqual([
    'site/services/web.ts: services.web.dependsOn[0] | add "private" to availableOn of ldap, or take it out of availableOn of web',
  ]);
});

test("a service does not wait for itself", () => {
  expect(faultsOf({ services: services({ web: ["web"] }) })).toEqual([
    "site/services/web.ts: services.web.dependsOn[0]: is the service itself, which would wait for itself",
  ]);
});

test("a circle is told once, with its services", () => {
  const site = services({ d: ["c"], c: ["b", "a"], b: ["a"], a: ["c"], other: ["d"] });
  expect(faultsOf({ services: site })).toEqual([
    "site/services/a.ts: services.a.dependsOn[0]: the services wait for each other: a → c → a",
    "site/services/a.ts: services.a.dependsOn[0]: the services wait for each other: a → c → b → a",
  ]);
});

test("two circles are two problems", () => {
  const site = services({ a: ["b"], b: ["a"], c: ["d"], d: ["c"] });
  expect(faultsOf({ services: site })).toEqual([
    "site/services/a.ts: services.a.dependsOn[0]: the services wait for each other: a → b → a",
    "site/services/c.ts: services.c.dependsOn[0]: the services wait for each other: c → d → c",
  ]);
});

test("whatever depends on what comes before it has no circle, and one step back makes one", () => {
  const site = fc.integer({ min: 2, max: 9 }).chain((count) =>
    fc.record({
      count: fc.constant(count),
      edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 25 }),
    }),
  );
  fc.assert(
    fc.property(site, ({ count, edges }) => {
      const names = Array.from({ length: count }, (_, index) => `s${index}`);
      const wanted = names.map((_, index) => [
        ...new Set(
          edges
            .filter(([a, b]) => Math.max(a, b) === index && a !== b)
            .map(([a, b]) => `s${Math.min(a, b)}`),
        ),
      ]);
      const acyclic = Object.fromEntries(names.map((name, index) => [name, wanted[index] ?? []]));
      expect(faultsOf({ services: services(acyclic) })).toEqual([]);
      // The last service that depends on something closes the circle.
      const last = names.findLast((name) => (acyclic[name] ?? []).length > 0);
      if (last === undefined) return;
      const first = acyclic[last]?.[0] ?? "";
      const cyclic = { ...acyclic, [first]: [...(acyclic[first] ?? []), last] };
      expect(faultsOf({ services: services(cyclic) }).join("\n")).toContain(
        "the services wait for each other",
      );
    }),
    { numRuns: 60 },
  );
});
