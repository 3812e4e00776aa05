import type { LooseSite } from "../problems-of";
import { faultsOf, image, problemsOf, textOf } from "../problems-of";

const web = "site/services/web.ts: services.web.";

/** The faults of one route of the service web. */
function faultsOfRoute(
  route: Record<string, unknown>,
  { gate, ...service }: Record<string, unknown> = {},
): readonly string[] {
  const am = { image };
  return faultsOf({
    ...(gate === undefined ? {} : { gate }),
    services: { am, web: { image, ...service, routes: [{ port: 8080, ...route }] } },
  }).map((fault) => fault.replace(`${web}routes[0]`, ""));
}

const login = { gate: { login: "am" } };

describe("a route", () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>?]>([
    ["is a port", {}],
    ["has a path", { path: "/app/" }],
    ["has a path of several parts", { path: "/.well-known/a_b~c/v1.2/" }],
    ["has a name", { host: "guestbook" }],
    ["has a name with dots", { host: "www.guestbook.example", path: "/app/" }],
    ["has limits", { bodySize: "2GiB", timeout: "1h" }],
    ["asks for a login", { login: true }, login],
    ["may be at /login/ where nobody logs in", { path: "/login/" }],
    ["may be at /status/ of a name of its own", { host: "guestbook", path: "/status/" }],
    ["begins like a path of the gate", { path: "/statuses/", login: false }, login],
    ["asks for no login, and says so", { login: false }, login],
  ])("%s", (_, route, site = {}) => {
    expect(faultsOfRoute(route, site)).toEqual([]);
  });

  test.each([
    ...["app", "/app", "app/", "", "//", "/a//b/", "/../", "/a/./"],
    ...["/a b/", "/a%20b/", "/a;b/", "/a{b/", "/a$b/", '/a"/', "/ä/", "/a\n/", "/a?b/", "/a#b/"],
  ])("has not the path %j", (path) => {
    expect(faultsOfRoute({ path })).toEqual([".path: is not a path with / at both ends"]);
  });

  test.each(["", "Guestbook", "a b", "a;b", "*", "*.example", "a.", "a_b", "172.29.16.4", "a:80"])(
    "has not the name %j",
    (host) => {
      expect(faultsOfRoute({ host })).toEqual([".host: is not a DNS name in lower case"]);
    },
  );

  test.each<[string, Record<string, unknown>, string, Record<string, unknown>?]>([
    [
      "leads to a port",
      { port: undefined },
      ".port: is missing; it takes a whole number from 1 to 65535",
    ],
    [
      "asks for a login only where one is",
      { login: true },
      ".login: the site does not say which service logs people in",
    ],
    [
      "says whether it asks for a login where one is",
      {},
      ".login: is missing; the site has a login (am), so a route says whether it needs one",
      login,
    ],
    [
      "is not at the health address",
      { path: "/healthz/" },
      ".path: the gate answers at /healthz/ itself",
    ],
    [
      "is not at the status page",
      { path: "/status/a/" },
      ".path: the gate answers at /status/ itself",
    ],
    [
      "is not at the gate's own pages",
      { path: "/.gate/" },
      ".path: the gate answers at /.gate/ itself",
    ],
    [
      "is not at the login",
      { path: "/login/", login: false },
      ".path: the gate answers at /login/ itself",
      login,
    ],
    [
      "is not at the login of its name",
      { host: "guestbook", path: "/logout/", login: true },
      ".path: the gate answers at /logout/ itself",
      login,
    ],
    [
      "has not a name that is a path of the gate",
      { host: "status" },
      ".host: the gate answers at /status/ itself",
    ],
    [
      "belongs to a service with a task that stays",
      {},
      `${web}routes: a job does not accept connections: its task ends`,
      { mode: { job: {} } },
    ],
    [
      "belongs to a service with a network",
      {},
      `${web}networks: the gate reaches a service with routes through a network, and it joins none`,
      { networks: [] },
    ],
  ])("%s", (_, route, fault, site = {}) => {
    expect(faultsOfRoute(route, site)).toEqual([fault]);
  });
});

describe("two routes", () => {
  const faults = (first: object, second: object): readonly string[] =>
    faultsOf({
      services: {
        blog: { image, routes: [{ port: 80, ...first }] },
        web: { image, routes: [{ port: 80, ...second }] },
      },
    });

  test.each([
    [{ path: "/a/" }, { path: "/b/" }],
    [{ path: "/" }, { path: "/b/" }],
    [{ host: "a" }, { host: "b" }],
    [{ host: "a" }, { host: "a", path: "/b/" }],
    [{ host: "a" }, {}],
  ])("%j and %j are two addresses", (first, second) => {
    expect(faults(first, second)).toEqual([]);
  });

  test.each([
    [{}, { path: "/" }],
    [{ path: "/a/" }, { path: "/a/" }],
    [{ host: "a" }, { host: "a" }],
    [{ host: "a" }, { path: "/a/" }],
    [{ host: "a", path: "/b/" }, { path: "/a/b/" }],
  ])("%j and %j are one address", (first, second) => {
    expect(faults(first, second)).toEqual([
      `${web}routes[0]: is already the address of a route of the service blog`,
    ]);
  });
});

describe("the gate", () => {
  const routes = [{ port: 80, login: false }];
  const site = (more: LooseSite): LooseSite => ({ services: { web: { image, routes } }, ...more });

  test("has a login service that exists", () => {
    expect(
      problemsOf({ gate: { login: "amm" }, services: { am: { image }, web: { image, routes } } }),
    ).toEqual([
      'site/site.ts: gate.login | did you mean "am"? Else write the name of the service that logs people in',
    ]);
  });

  test("has a login service that the stage runs, if the stage has routes", () => {
    const am = { image, availableOn: ["production"] };
    expect(faultsOf({ gate: { login: "am" }, services: { am, web: { image, routes } } })).toEqual([
      "site/site.ts: gate.login: the stage private does not run this service, but other services with routes",
    ]);
    expect(faultsOf({ gate: { login: "am" }, services: { am, web: { image } } })).toEqual([]);
  });

  test.each([
    ["is a job", { mode: { job: {} } }, "is a job: its task ends"],
    ["joins no network", { networks: [] }, "joins no network, so the gate cannot reach it"],
  ])("has no login service that %s", (_, am, fault) => {
    expect(
      faultsOf({
        gate: { login: "am" },
        services: { am: { image, ...am }, web: { image, routes } },
      }),
    ).toEqual([`site/site.ts: gate.login: ${fault}`]);
  });

  test("has its name alone, but only where it runs", () => {
    const gate = { image };
    expect(faultsOf({ images: { gate: {} }, services: { gate } })).toEqual([]);
    expect(faultsOf({ images: { gate: {} }, services: { gate, web: { image, routes } } })).toEqual([
      "site/site.ts: gate: is the name of the service that hive itself runs for services with routes".replace(
        "site/site.ts: gate",
        "site/services/gate.ts: services.gate",
      ),
      "site/site.ts: images.gate: is the name of the image that hive itself builds for services with routes",
    ]);
  });

  test("shares its ports with nobody, and the problem names both places", () => {
    const other = { image, ports: [{ target: 80, published: 443, mode: "host" }] };
    const text = textOf({ services: { shop: other, web: { image, routes } } });
    expect(text).toContain("443/tcp is already published by the service gate");
    expect(text).toContain("site/site.ts: gate.ports.https");
    expect(
      faultsOf({
        gate: { ports: { https: 8443 } },
        services: { shop: other, web: { image, routes } },
      }),
    ).toEqual([]);
  });

  test.each([
    [{ ports: { http: 22 } }, "gate.ports.http: 22/tcp is the port of the servers' SSH daemon"],
    [{ ports: { http: 80, https: 80 } }, "gate.ports.https: publishes 80/tcp twice"],
    [{ ports: { http: 0 } }, "gate.ports.http: must be a whole number from 1 to 65535"],
    [{ log: "am" }, "gate.log: there is no such key"],
  ])("does not take %j", (gate, fault) => {
    expect(faultsOf(site({ gate }))).toEqual([expect.stringContaining(fault)]);
  });
});
