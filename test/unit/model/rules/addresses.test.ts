import fc from "fast-check";
import { faultsOf, image, problemsOf } from "../problems-of";

const many = (count: number, service: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, service]));

describe("the addresses of a network", () => {
  const stopFirst = { image, endpointMode: "dnsrr", update: { order: "stop-first" } };
  const site = (replicas: number, subnet?: string): Record<string, unknown> => ({
    networks: { default: subnet === undefined ? {} : { subnet } },
    services: { web: { ...stopFirst, mode: { replicas } } },
  });

  // 16 addresses: first, last, gateway, and one of each of three servers are taken.
  test("suffice to the last one", () => {
    expect(faultsOf(site(10, "10.96.0.0/28"))).toEqual([]);
    expect(faultsOf(site(11, "10.96.0.0/28"))).toEqual([
      "site/site.ts: networks.default.subnet: has addresses for 10 services and tasks besides its gateway and one for each of the 3 servers, but a roll-out of services needs 11 (web 11)",
    ]);
    expect(problemsOf(site(11, "10.96.0.0/28"))).toEqual([
      "site/site.ts: networks.default.subnet | write a subnet of at least a /27, or spread the services over several networks",
    ]);
  });

  test("of the Swarm's own choice are those of a /24", () => {
    expect(faultsOf(site(250))).toEqual([]);
    expect(faultsOf(site(251))[0]).toContain("networks.default: has addresses for 250");
  });

  test("are also those of virtual addresses, and of new tasks that start before old ones end", () => {
    const subnet = { networks: { default: { subnet: "10.96.0.0/28" } } };
    const needed = (service: Record<string, unknown>): string =>
      /services needs (\d+)/.exec(
        faultsOf({
          ...subnet,
          services: { a: { ...stopFirst, mode: { replicas: 9 } }, b: service },
        })[0] ?? "",
      )?.[1] ?? "fits";
    expect(needed({ ...stopFirst, mode: { replicas: 1 } })).toBe("fits");
    expect(needed({ ...stopFirst, mode: { replicas: 1 }, endpointMode: "vip" })).toBe("11");
    expect(needed({ image, endpointMode: "dnsrr" })).toBe("11");
    expect(needed({ ...stopFirst, mode: "global" })).toBe("12");
    expect(needed({ ...stopFirst, networks: [] })).toBe("fits");
  });

  test("a subnet as large as the remedy says is enough", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom("3", "5", "7"),
        (replicas, hosts) => {
          const stage = { config: { "hive:clusterHosts": hosts } };
          const [problem] = problemsOf(site(replicas, "10.96.0.0/28"), stage);
          const prefix = /at least a \/(\d+)/.exec(problem ?? "")?.[1] ?? "28";
          expect(faultsOf(site(replicas, `10.96.0.0/${prefix}`), stage)).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("the pool of networks", () => {
  const stage = { config: { "hive:overlayPool": "10.224.0.0/20" } };
  const site = (count: number, network: Record<string, unknown> = {}): Record<string, unknown> => {
    const names = Array.from({ length: count }, (_, index) => `net${index}`);
    return {
      networks: Object.fromEntries(names.map((name) => [name, network])),
      services: { web: { image, networks: names } },
    };
  };

  test("has one for each, and one for the Swarm itself", () => {
    expect(faultsOf(site(15), stage)).toEqual([]);
    expect(faultsOf(site(16), stage)[0]).toMatch(
      /^Pulumi\.private\.yaml: hive:overlayPool: has 16 networks of a \/24, one of which is the Swarm's own \(ingress\), but 16 networks of the site need one: net0, net1/,
    );
    expect(faultsOf(site(20), stage)).toHaveLength(1);
  });

  test("is not asked for networks that nobody uses, or that have a subnet", () => {
    expect(faultsOf({ networks: many(30, {}) }, stage)).toEqual([]);
    const names = Array.from({ length: 20 }, (_, index) => `net${index}`);
    const networks = Object.fromEntries(
      names.map((name, index) => [name, { subnet: `10.96.${index}.0/24` }]),
    );
    expect(faultsOf({ networks, services: { web: { image, networks: names } } }, stage)).toEqual(
      [],
    );
  });
});
