import { faultsOf, image, problemsOf } from "../problems-of";

const withAliases = (...aliases: string[]): Record<string, unknown> => ({
  image,
  networks: [{ name: "default", aliases }],
});

test.each(["ingress", "bridge", "host", "none"])("the network %s is the engine's own", (name) => {
  expect(faultsOf({ networks: { [name]: {} } })).toEqual([
    `site/site.ts: networks.${name}: is a network that every Docker Engine has by itself`,
  ]);
});

test("a service named localhost would be found by nobody", () => {
  expect(faultsOf({ services: { localhost: { image } } })).toEqual([
    "site/services/localhost.ts: services.localhost: is in every container's /etc/hosts: no other container would find the service",
  ]);
});

describe("an alias", () => {
  test.each([
    "mail.example.com",
    "zabbix_agent_passive",
    "_sip._tcp.example.com",
    "MYSQL",
    "a",
    `${"a".repeat(63)}.${"b".repeat(63)}`,
    "10.0.0.1",
  ])("may be %s, as the engine has it", (alias) => {
    expect(problemsOf({ services: { web: withAliases(alias) } })).toEqual([]);
  });

  test.each(["", "a b", "a..b", ".a", "a/b", "a:80", "-a", "ü", "a".repeat(64), "a.".repeat(127)])(
    "is not '%s', for which nobody can ask DNS",
    (alias) => {
      expect(faultsOf({ services: { web: withAliases(alias) } })).toEqual([
        "site/services/web.ts: services.web.networks[0].aliases[0]: is not a name that can be looked up in DNS",
      ]);
    },
  );

  test.each([
    ["db", "is a name of the service db on the network default"],
    ["DB", "is a name of the service db on the network default"],
    ["tasks.db", "is a name of the service db on the network default"],
    ["localhost", "is in every container's /etc/hosts"],
    ["p-hive1.hive.example", "/etc/hosts with the address 172.29.16.5"],
  ])("is not %s", (alias, message) => {
    const [fault, ...others] = faultsOf({
      services: { web: withAliases(alias), db: { image } },
    });
    expect(others).toEqual([]);
    expect(fault).toContain(`services.web.networks[0].aliases[0]: `);
    expect(fault).toContain(message);
  });

  test("may be the name of a service on another network, its own, or an alias of another service", () => {
    const networks = { back: {} };
    const services = {
      web: { image, networks: [{ name: "back", aliases: ["db", "web", "both"] }] },
      api: { image, networks: [{ name: "back", aliases: ["both"] }] },
      db: { image },
    };
    expect(problemsOf({ networks, services })).toEqual([]);
  });
});

test("a line of /etc/hosts may have any name that DNS can carry", () => {
  expect(
    problemsOf({ services: { web: { image, hosts: { old_server: "192.0.2.1", "a.b": "::1" } } } }),
  ).toEqual([]);
});

test("a volume of one letter fails at the engine only", () => {
  const services = { web: { image, volumes: [{ source: "d", target: "/data" }] } };
  expect(problemsOf({ volumes: { d: { local: {} } }, services })).toEqual([
    "site/site.ts: volumes.d | write lower-case letters, digits and hyphens, 2 to 63 of them, beginning and ending with a letter or digit",
  ]);
  expect(faultsOf({ volumes: { d: { local: {} } }, services })[0]).toContain("is one character");
  const mended = { web: { image, volumes: [{ source: "db", target: "/data" }] } };
  expect(problemsOf({ volumes: { db: { local: {} } }, services: mended })).toEqual([]);
});
