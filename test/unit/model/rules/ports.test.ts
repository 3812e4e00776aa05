import { autoPorts, stableNumber } from "../../../../model/values/stable-number";
import { planWith, smallSite } from "../plans";
import { faultsOf, image, problemsOf, textOf } from "../problems-of";

const auto = (target: number, protocol?: string): unknown => ({
  target,
  published: "auto",
  ...(protocol === undefined ? {} : { protocol }),
});

/** Two services whose automatic port is the same; found by trying names. */
function colliding(): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let index = 0; ; index++) {
    const name = `s${index}`;
    const port = stableNumber(`${name}:80/tcp`, autoPorts);
    const other = seen.get(port);
    if (other !== undefined) return [other, name];
    seen.set(port, name);
  }
}

test("an automatic port follows from service, target and protocol alone", () => {
  const web = { image, ports: [auto(80), auto(53, "udp"), auto(53)] };
  const ports = (services: Record<string, unknown>): unknown =>
    planWith({ site: { ...smallSite, services: services as never } }).services.find(
      ({ name }) => name === "web",
    )?.ports;
  const alone = ports({ web });
  expect(alone).toMatchObject([
    { target: 53, published: stableNumber("web:53/udp", autoPorts), protocol: "udp" },
    { target: 80, published: stableNumber("web:80/tcp", autoPorts), protocol: "tcp" },
    { target: 53, published: stableNumber("web:53/tcp", autoPorts), protocol: "tcp" },
  ]);
  expect(ports({ other: web, web, a: { image, ports: [auto(81)] } })).toEqual(alone);
});

test("two automatic ports that meet are a problem of both, with the way out", () => {
  const [left, right] = colliding();
  const service = { image, ports: [auto(80)] };
  expect(problemsOf({ services: { [left]: service, [right]: service } })).toEqual(
    [left, right]
      .sort()
      .map(
        (name) =>
          `site/services/${name}.ts: services.${name}.ports[0].published | give one of the two an explicit port`,
      ),
  );
  const mended = { image, ports: [{ target: 80, published: 8080 }] };
  expect(problemsOf({ services: { [left]: service, [right]: mended } })).toEqual([]);
});

test("an automatic port that meets a written one yields", () => {
  const published = stableNumber("web:80/tcp", autoPorts);
  const services = {
    web: { image, ports: [auto(80)] },
    a: { image, ports: [{ target: 80, published }] },
  };
  expect(faultsOf({ services })).toEqual([
    `site/services/web.ts: services.web.ports[0].published: is computed as ${published}/tcp, which the service a publishes too`,
  ]);
});

test("the ports of volumes' replication are not published", () => {
  expect(problemsOf({ services: { web: { image, ports: ["20000:80", "28191:443"] } } })).toEqual([
    'site/services/web.ts: services.web.ports[0] | publish another port, e.g. "10080:80", or "auto" in the long form',
    'site/services/web.ts: services.web.ports[1] | publish another port, e.g. "10443:443", or "auto" in the long form',
  ]);
  expect(
    problemsOf({ services: { web: { image, ports: ["19999:80", "28192:443", "20000:53/udp"] } } }),
  ).toEqual([]);
});

test("the routing mesh needs a virtual address", () => {
  const ports = [{ target: 80, mode: "ingress" }];
  expect(problemsOf({ services: { web: { image, ports } } })).toEqual([]);
  expect(problemsOf({ services: { web: { image, ports, endpointMode: "dnsrr" } } })).toEqual([
    'site/services/web.ts: services.web.ports[0].mode | write mode "host" for the port, or endpointMode "vip"',
  ]);
});

test("without a mode, ports are of the kind that the service can have", () => {
  const modeOf = (service: object): unknown =>
    planWith({
      site: { ...smallSite, services: { web: { image, ports: ["80"], ...service } } },
    }).services[0]?.ports[0]?.mode;
  expect(modeOf({})).toBe("ingress");
  expect(modeOf({ mode: "global" })).toBe("host");
  expect(modeOf({ endpointMode: "dnsrr" })).toBe("host");
});

describe("one port of servers for two services", () => {
  const on = (constraint: string | undefined, port: unknown): unknown => ({
    image,
    ports: [port],
    ...(constraint === undefined ? {} : { placement: { constraints: [constraint] } }),
  });
  const host = { target: 80, mode: "host" };
  const zoneA = "node.labels.hive.zone == zone-a";

  test.each<[string, string | undefined, unknown, unknown, boolean]>([
    ["in different zones", "node.labels.hive.zone==zone-b", host, host, true],
    ["in a zone and outside of it", "node.labels.hive.zone != zone-a", host, host, true],
    ["where both may meet", "node.labels.hive.zone != zone-c", host, host, false],
    ["where one may run anywhere", undefined, host, host, false],
    [
      "in the mesh, which is on every server",
      "node.labels.hive.zone == zone-b",
      host,
      { target: 80 },
      false,
    ],
  ])("%s", (_, constraint, mine, other, taken) => {
    const services = { a: on(zoneA, mine), b: on(constraint, other) };
    const faults = faultsOf({ services });
    if (taken) expect(faults).toEqual([]);
    else expect(faults[0]).toContain("80/tcp is already published by the service a");
  });

  test.each<[string, readonly string[], readonly string[], boolean]>([
    [
      "a zone and a server of another one",
      [zoneA],
      ["node.hostname == p-hive1.hive.example"],
      true,
    ],
    ["a zone and its server", [zoneA], ["node.hostname == p-hive0.hive.example"], false],
    [
      "zones of which nothing is left",
      ["node.labels.hive.zone != zone-a", "node.labels.hive.zone != zone-b"],
      ["node.labels.hive.zone != zone-c"],
      true,
    ],
    ["a zone and what is not known of servers", [zoneA], ["engine.labels.disk == ssd"], false],
    ["two values of that", ["engine.labels.disk == ssd"], ["engine.labels.disk == hdd"], true],
  ])("by what the plan knows of servers: %s", (_, mine, other, apart) => {
    const service = (constraints: readonly string[]): unknown => ({
      image,
      ports: [host],
      placement: { constraints },
    });
    const faults = faultsOf({ services: { a: service(mine), b: service(other) } });
    if (apart) expect(faults).toEqual([]);
    else expect(faults[0]).toContain("80/tcp is already published by the service a");
  });

  test("names the places of both", () => {
    const services = { a: { image, ports: ["80"] }, b: { image, ports: ["80:8080"] } };
    expect(textOf({ services })).toMatch(
      /^site\/\S+: services\.b\.ports\[0\]\n(?:.*\n){2} {2}and in: {2}site\/\S+: services\.a\.ports\[0\]$/m,
    );
  });

  test("of a stage without servers is not told where they could keep services apart", () => {
    const faulty = { config: { "hive:clusterHosts": "2" } };
    const services = { a: on(zoneA, host), b: on("node.hostname == p-hive1.hive.example", host) };
    expect(faultsOf({ services }, faulty)).toHaveLength(1);
    expect(faultsOf({ services: { ...services, c: on(undefined, host) } }, faulty)).toHaveLength(2);
  });

  test("is not shared by services that run together, nor by a follower with others", () => {
    const follower = { image, ports: [host], placement: { with: "a" } };
    expect(faultsOf({ services: { a: on(zoneA, host), b: follower } })).toHaveLength(1);
    const other = on("node.labels.hive.zone == zone-b", host);
    const a = { image, placement: { constraints: [zoneA] } };
    expect(faultsOf({ services: { a, b: follower, c: other } })).toHaveLength(1);
  });

  test("says how to keep them apart", () => {
    expect(problemsOf({ services: { a: on(zoneA, host), b: on(undefined, host) } })[0]).toContain(
      'placement: { constraints: ["node.labels.hive.zone == zone-a"] } in one, != zone-a in the other',
    );
  });

  test("leaves a firewall and a plan in which the port stands once for each of them", () => {
    const services = {
      a: on(zoneA, host),
      b: on("node.labels.hive.zone==zone-b", host),
    };
    const plan = planWith({ site: { ...smallSite, services: services as never } });
    expect(plan.services.map(({ ports }) => ports[0]?.published)).toEqual([80, 80]);
  });
});
