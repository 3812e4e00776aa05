import fc from "fast-check";
import { deploymentOrder } from "../../../../model/planning/deployment-order";

const service = (name: string, ...dependsOn: string[]) => ({ name, dependsOn });
const names = (services: readonly { name: string }[]): string[] => services.map(({ name }) => name);

describe("deploymentOrder", () => {
  it("puts each service after those that it depends on", () => {
    const ordered = deploymentOrder([
      service("am", "ldap"),
      service("ldap"),
      service("webgate", "am", "portal"),
      service("portal"),
    ]);
    expect(names(ordered)).toEqual(["ldap", "am", "portal", "webgate"]);
  });

  it("passes over a dependency that is no service here", () => {
    expect(names(deploymentOrder([service("am", "elsewhere")]))).toEqual(["am"]);
  });

  it("refuses services that wait for each other, and names them", () => {
    expect(() => deploymentOrder([service("a", "b"), service("b", "a"), service("free")])).toThrow(
      "The services a, b wait for each other.",
    );
  });

  it("keeps every service once and honours every dependency, whatever the site", () => {
    const sites = fc.integer({ min: 0, max: 12 }).chain((count) =>
      fc.tuple(
        ...Array.from({ length: count }, (_, index) =>
          // Only on services with a smaller number: so there is no cycle.
          fc
            .uniqueArray(fc.integer({ min: 0, max: Math.max(0, index - 1) }), { maxLength: index })
            .map((on) => service(`s${index}`, ...on.map((other) => `s${other}`))),
        ),
      ),
    );
    fc.assert(
      fc.property(sites, fc.infiniteStream(fc.nat()), (services, random) => {
        const shuffled = services
          .map((each) => ({ each, key: random.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const ordered = names(deploymentOrder(shuffled));
        expect([...ordered].sort()).toEqual(names(services).sort());
        for (const { name, dependsOn } of services) {
          for (const other of dependsOn) {
            expect(ordered.indexOf(other)).toBeLessThan(ordered.indexOf(name));
          }
        }
      }),
    );
  });
});
