import { faultsOf, problemsOf } from "../problems-of";

const free =
  "write a private network that is used for nothing else, e.g. 10.96.0.0/24; or leave it out";

describe("a network", () => {
  test.each<[string, Record<string, unknown>, readonly string[]]>([
    ["with a subnet of its own", { back: { subnet: "10.96.0.0/24", gateway: "10.96.0.254" } }, []],
    ["that the Swarm gives one", { back: {} }, []],
    [
      "on the servers' network",
      { back: { subnet: "172.29.0.0/16" } },
      [
        "back.subnet: overlaps Pulumi.private.yaml: hive:cidr (172.29.16.0/24): containers could not reach the servers",
      ],
    ],
    [
      "where engines have their bridges",
      { back: { subnet: "172.16.4.0/24" } },
      [
        "back.subnet: overlaps 172.16.0.0/20, which the Docker Engine of every server uses for its bridges (docker0, docker_gwbridge)",
      ],
    ],
    [
      "where a real site has its own",
      { back: { subnet: "172.16.238.0/24" }, front: { subnet: "172.18.0.0/16" } },
      [],
    ],
    [
      "in the pool of the Swarm",
      { back: { subnet: "10.224.7.0/24" } },
      [
        "back.subnet: lies in Pulumi.private.yaml: hive:overlayPool (10.224.0.0/12), from which the Swarm gives a part to each network without a subnet: whether it is still free would depend on the order in which networks are created",
      ],
    ],
    [
      "on another network",
      { back: { subnet: "10.96.0.0/24" }, front: { subnet: "10.96.0.128/25" } },
      ["front.subnet: overlaps 10.96.0.0/24, the subnet of the network back"],
    ],
    [
      "on loopback",
      { back: { subnet: "127.1.0.0/24" } },
      ["back.subnet: overlaps 127.0.0.0/8, which container networks cannot use"],
    ],
    [
      "too small",
      { back: { subnet: "10.96.0.0/29" } },
      [
        "back.subnet: has 8 addresses: too few for a gateway, one for each service and one for each task",
      ],
    ],
    [
      "with a gateway elsewhere",
      { back: { subnet: "10.96.0.0/24", gateway: "10.97.0.1" } },
      ["back.gateway: is not a valid address for a gateway in 10.96.0.0/24"],
    ],
    [
      "with the broadcast address as its gateway",
      { back: { subnet: "10.96.0.0/24", gateway: "10.96.0.255" } },
      ["back.gateway: is not a valid address for a gateway in 10.96.0.0/24"],
    ],
    [
      "with a gateway in no subnet",
      { back: { gateway: "10.96.0.1" } },
      ["back.gateway: is an address inside a subnet, but there is no subnet"],
    ],
  ])("%s", (_, networks, faults) => {
    expect(faultsOf({ networks })).toEqual(
      faults.map((fault) => `site/site.ts: networks.${fault}`),
    );
  });

  test("that overlaps says what to write instead", () => {
    expect(problemsOf({ networks: { back: { subnet: "172.16.0.0/16" } } })).toEqual([
      `site/site.ts: networks.back.subnet | ${free}`,
    ]);
  });
});

describe("a network's driver", () => {
  const site = (driver: string): Record<string, unknown> => ({ networks: { back: { driver } } });

  // What the engine does not bring may be a plugin, under any name.
  test.each(["overlay", "macvlan", "ipvlan", "weave", "weaveworks/net-plugin:2.8.1"])(
    "is %s",
    (driver) => {
      expect(faultsOf(site(driver))).toEqual([]);
    },
  );

  test.each([
    ["overlai", "overlay"],
    ["Overlay", "overlay"],
    ["mcvlan", "macvlan"],
  ])("that looks like a mistyped one is asked about: %s", (driver, meant) => {
    expect(faultsOf(site(driver))).toEqual([
      `site/site.ts: networks.back.driver: has the driver ${driver}, which Docker Engine does not have`,
    ]);
    expect(problemsOf(site(driver))).toEqual([
      `site/site.ts: networks.back.driver | did you mean "${meant}"? A plugin needs another name`,
    ]);
  });

  test("is none whose networks end at their server", () => {
    expect(problemsOf(site("bridge"))).toEqual([
      "site/site.ts: networks.back.driver | remove it: services here are joined by overlay networks, which reach across servers",
    ]);
    expect(problemsOf(site("host"))).toEqual([
      'site/site.ts: networks.back.driver | remove it: services here are joined by overlay networks; for a port on each server that runs a task write `ports: [{ target: 80, mode: "host" }]` in the service',
    ]);
    expect(problemsOf(site("none"))).toEqual([
      "site/site.ts: networks.back.driver | remove it: services here are joined by overlay networks; a service without any network has `networks: []`",
    ]);
  });
});
