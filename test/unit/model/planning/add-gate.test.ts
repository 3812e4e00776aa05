import type { Gate, Site } from "../../../../model/inventory";
import { routeUrl } from "../../../../model/network/route-url";
import type { StageName } from "../../../../model/plan";
import { planSite } from "../../../../model/plan-site";
import { planTable } from "../../../../model/planning/plan-table";
import { parseStage } from "../../../../model/stage/check-stage";
import { rawStage } from "../plans";
import { image } from "../problems-of";

const plan = (site: Partial<Site>, more: Readonly<Record<string, string>> = {}) =>
  planSite({
    stage: parseStage("private", { ...rawStage, ...more }),
    site: { name: "hive.example", ...site },
  });

const web = { image, networks: ["front", "back"] };
const networks = { front: {}, back: {}, other: {} };

describe("a site with routes", () => {
  const routed = plan({
    networks,
    gate: { login: "am", ports: { http: 8080 } },
    services: {
      am: { image, networks: ["other"] },
      web: {
        ...web,
        routes: [
          { port: 80, path: "/b/", login: false },
          { port: 81, host: "web", login: true },
        ],
      },
    },
  });
  const gate = routed.services.find(({ name }) => name === "gate");

  test("has a gate on every cluster server, at its ports, built from its own image", () => {
    expect(gate).toMatchObject({
      image: { kind: "build", image: "gate" },
      mode: { kind: "global" },
      endpointMode: "dnsrr",
      dependsOn: [],
      ports: [
        { target: 443, published: 443, mode: "host" },
        { target: 80, published: 8080, mode: "host" },
      ],
    });
    expect(routed.images).toMatchObject([{ name: "gate", context: "platform/images/gate" }]);
  });

  test("its gate joins the first network of each service that it asks, and no other", () => {
    expect(gate?.networks.map(({ network }) => network)).toEqual(["front", "other"]);
  });

  test("has all routes in one place, with every default", () => {
    const limits = { bodySizeBytes: 10 * 2 ** 20, timeoutSeconds: 60 };
    expect(routed.gate).toEqual({
      login: "am",
      secure: false,
      hsts: false,
      ports: { http: 8080, https: 443 },
      routes: [
        { service: "web", port: 80, path: "/b/", login: false, ...limits },
        { service: "web", port: 81, host: "web", path: "/", login: true, ...limits },
      ],
    });
  });

  test("shows its routes in the table of the plan", () => {
    const text = planTable(routed);
    expect(text).toMatch(/^\/b\/ +any +web, port 80 +everybody$/m);
    expect(text).toMatch(/^\/web\/ +web\/ +web, port 81 +who has logged in at am$/m);
  });

  test("is the same for a service without routes: a route changes no task", () => {
    const { services } = plan({ networks, services: { web } });
    const { routes, ...before } = routed.services.find(({ name }) => name === "web") ?? {};
    expect(routes).toHaveLength(2);
    expect(services).toEqual([before]);
  });
});

test("a site without routes on this stage has no gate, whatever it says of it", () => {
  const planned = plan({
    gate: { login: "web" },
    services: {
      web: { image },
      shop: { image, availableOn: ["production"], routes: [{ port: 80 }] },
    },
  });
  expect("gate" in planned).toBe(false);
  expect(planned.services.map(({ name }) => name)).toEqual(["web"]);
  expect(planned.images).toEqual([]);
});

describe("a certificate of the site's own", () => {
  const certificate = { chain: "chain", key: "key" };
  const services = { web: { image, routes: [{ port: 80 }] } };

  test("reaches the gate alone, as secrets that only it reads", () => {
    const planned = plan(
      {
        gate: { certificate },
        secrets: { chain: { fromStage: true }, key: { fromStage: true } },
        services,
      },
      { "hive:secrets": JSON.stringify({ chain: "PEM", key: "PEM" }) },
    );
    const secretsOf = (wanted: string) =>
      planned.services.find(({ name }) => name === wanted)?.secrets;
    expect(secretsOf("gate")).toMatchObject([
      { name: "chain", target: "tls.crt", uid: 33, mode: "0400" },
      { name: "key", target: "tls.key", uid: 33, mode: "0400" },
    ]);
    expect(secretsOf("web")).toEqual([]);
  });

  test("that the site does not have is named where it is written", () => {
    expect(() =>
      plan({ gate: { certificate }, secrets: { chain: { fromStage: true } }, services }),
    ).toThrow(/gate\.certificate\.key\n {2}found: +\\?"key/);
  });

  test("is not random text, and not one secret for both", () => {
    const secrets = { chain: { fromStage: true }, key: { generate: {} } } as const;
    expect(() => plan({ gate: { certificate }, secrets, services })).toThrow(
      /gate\.certificate\.key\n {2}found: +"key"[^]*random text is no private key[^]*write key: \{ fromStage: true \}/,
    );
    expect(() =>
      plan({ gate: { certificate: { chain: "chain", key: "chain" } }, secrets, services }),
    ).toThrow(/gate\.certificate\.key[^]*is the secret of the certificate chain as well/);
  });
});

describe("what is answered over plain HTTP", () => {
  const certificate = { chain: "chain", key: "key" };
  const secrets = { chain: { fromStage: true }, key: { fromStage: true } } as const;
  const gateOf = (stage: StageName, gate?: Gate) =>
    planSite({
      stage: parseStage(stage, {
        ...rawStage,
        "hive:secrets": JSON.stringify({ chain: "PEM", key: "PEM" }),
      }),
      site: {
        name: "hive.example",
        ...(gate === undefined ? {} : { gate }),
        secrets,
        services: { web: { image, routes: [{ port: 80 }] } },
      },
    }).gate;

  test.each<[string, StageName, Gate | undefined, boolean, boolean]>([
    ["everything on the private stage", "private", undefined, false, false],
    ["also with a certificate there", "private", { certificate }, false, false],
    ["the way to HTTPS elsewhere", "staging", undefined, true, false],
    ["and with a certificate, browsers remember it", "production", { certificate }, true, true],
    [
      "but not of a port that they would take for that of HTTPS",
      "production",
      { certificate, ports: { https: 8443 } },
      true,
      false,
    ],
    ["nor", "production", { certificate, ports: { http: 8080 } }, true, false],
  ])("%s", (_, stage, gate, secure, hsts) => {
    expect(gateOf(stage, gate)).toMatchObject({ secure, hsts });
  });
});

test("routes that a transform adds count", () => {
  const { gate } = plan({
    services: { web: { image } },
    transform: { service: (service) => ({ ...service, routes: [{ port: 80 }] }) },
  });
  expect(gate?.routes).toMatchObject([{ service: "web", path: "/" }]);
});

test.each([
  [{ path: "/app/" }, "http", 80, "http://172.29.16.4/app/"],
  [{ path: "/", host: "guestbook" }, "http", 80, "http://172.29.16.4/guestbook/"],
  [{ path: "/app/", host: "a.example" }, "http", 8080, "http://172.29.16.4:8080/a.example/app/"],
  [{ path: "/app/" }, "https", 443, "https://172.29.16.4/app/"],
  [{ path: "/app/" }, "https", 80, "https://172.29.16.4:80/app/"],
] as const)("the URL of %j over %s at port %d is %s", (route, scheme, port, url) => {
  expect(routeUrl(route, scheme, { address: "172.29.16.4", port })).toBe(url);
});
