import { autoPorts, stableNumber } from "../../../../model/stable-number";
import { planWith, smallSite } from "../plans";
import { faultsOf, image, problemsOf } from "../problems-of";

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
    `site/services/web.ts: services.web.ports[0].published: is computed as ${published}/tcp, which the service a has too`,
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
