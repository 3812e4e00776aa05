import { changesBetween } from "../../../../model/changes/changes";
import { changeLines, nothingChanged } from "../../../../model/changes/lines";
import {
  type PlanSnapshot,
  readSnapshot,
  type ServiceSnapshot,
  snapshotOf,
} from "../../../../model/changes/snapshot";
import type { Route, Service } from "../../../../model/inventory";
import { planWith } from "../plans";

const image = `docker.io/library/nginx@sha256:${"0".repeat(64)}`;
type Routes = Readonly<Record<string, readonly Route[]>>;

/** Services with routes; the gate always runs, for am, so its own service stays as it is. */
const snapshot = (routes: Routes, changes: Partial<Service> = {}): PlanSnapshot => {
  const am = { image, routes: [{ port: 80, path: "/am/", login: false }] };
  const services = Object.entries(routes).map(([name, own]): [string, Service] => [
    name,
    {
      image,
      ...changes,
      ...(own.length === 0 ? {} : { routes: own.map((route) => ({ login: false, ...route })) }),
    },
  ]);
  return snapshotOf(
    planWith({
      site: {
        name: "hive.example",
        services: { am, ...Object.fromEntries(services) },
        gate: { login: "am" },
      },
    }),
    { contexts: {}, files: {} },
  );
};
const lines = (before: PlanSnapshot | undefined, after: PlanSnapshot): readonly string[] =>
  changeLines(changesBetween(before, after)).map(({ text }) => text);

const clock: Route = { port: 80, path: "/clock/" };
const named: Route = { port: 80, host: "guestbook" };

describe("a route has a line of its own, and its service none", () => {
  test.each<[string, Routes, Routes, readonly string[]]>([
    ["the same", { clock: [clock, named] }, { clock: [named, clock] }, [nothingChanged]],
    ["new", { clock: [] }, { clock: [clock] }, ["+ route /clock/ to clock (everybody)"]],
    [
      "new, after login",
      { portal: [] },
      { portal: [{ port: 80, path: "/app/", login: true }] },
      ["+ route /app/ to portal (after login)"],
    ],
    [
      "new, without a path",
      { portal: [] },
      { portal: [{ port: 80 }] },
      ["+ route / to portal (everybody)"],
    ],
    [
      "new, with a name",
      { book: [] },
      { book: [named] },
      ["+ route guestbook/ to book (everybody)"],
    ],
    ["removed", { clock: [clock] }, { clock: [] }, ["- route /clock/ of clock"]],
    [
      "another path",
      { clock: [clock] },
      { clock: [{ ...clock, path: "/time/" }] },
      ["- route /clock/ of clock", "+ route /time/ to clock (everybody)"],
    ],
    [
      "public from now on",
      { clock: [{ ...clock, login: true }] },
      { clock: [clock] },
      ["~ route /clock/: now everybody, before after login"],
    ],
    [
      "protected from now on",
      { clock: [clock] },
      { clock: [{ ...clock, login: true }] },
      ["~ route /clock/: now after login, before everybody"],
    ],
    [
      "another port",
      { clock: [clock] },
      { clock: [{ ...clock, port: 81 }] },
      ["~ route /clock/: port 80 → 81"],
    ],
    [
      "limits",
      { clock: [clock] },
      { clock: [{ ...clock, bodySize: "1MiB", timeout: "5m" }] },
      ["~ route /clock/: body size; timeout 60 s → 300 s"],
    ],
    [
      "moved",
      { clock: [clock], web: [] },
      { clock: [], web: [clock] },
      ["~ route /clock/: now to web, before to clock"],
    ],
    [
      "moved and public",
      { clock: [{ ...clock, login: true }], web: [] },
      { clock: [], web: [clock] },
      ["~ route /clock/: now to web, before to clock; now everybody, before after login"],
    ],
    [
      "of a new service",
      {},
      { clock: [clock] },
      [`+ service clock (1 replica, image ${image})`, "+ route /clock/ to clock (everybody)"],
    ],
    [
      "of a removed service",
      { clock: [clock] },
      {},
      ["- service clock", "- route /clock/ of clock"],
    ],
  ])("%s", (_what, before, after, expected) => {
    expect(lines(snapshot(before), snapshot(after))).toEqual(expected);
  });

  test("beside other changes of its service, which are told without it", () => {
    const before = snapshot({ clock: [] });
    const after = snapshot({ clock: [clock] }, { labels: { a: "1" }, ports: ["81"] });
    expect(lines(before, after)).toEqual([
      expect.stringMatching(/^~ service clock: new port 81, 1 label; /),
      "open 81/tcp on the cluster hosts",
      "+ route /clock/ to clock (everybody)",
    ]);
  });
});

describe("many routes are folded, and who gets in is still told", () => {
  const routes = (login: boolean, port = 80): readonly Route[] =>
    Array.from({ length: 7 }, (_, index) => ({ port, path: `/${login}${index}/`, login }));
  const all = (login: boolean, after = ""): string =>
    routes(login)
      .map(({ path }) => `${path}${after}`)
      .join(", ");
  const both = [...routes(false), ...routes(true)];

  test.each<[string, readonly Route[], readonly Route[], readonly string[]]>([
    [
      "new",
      [],
      both,
      [
        `+ 7 routes (everybody): ${all(false, " to web")}`,
        `+ 7 routes (after login): ${all(true, " to web")}`,
      ],
    ],
    ["removed", both, [], [`- 14 routes: ${all(false, " of web")}, ${all(true, " of web")}`]],
    [
      "changed",
      both,
      [...routes(false, 81), ...routes(true).map((route) => ({ ...route, login: false }))],
      [
        `~ 7 routes: ${all(false)}; port 80 → 81`,
        `~ 7 routes: ${all(true)}; now everybody, before after login`,
      ],
    ],
  ])("%s", (_what, before, after, expected) => {
    expect(lines(snapshot({ web: before }), snapshot({ web: after }))).toEqual(expected);
  });
});

describe("a snapshot of an older release, which has only hashes of routes,", () => {
  const older = (of: PlanSnapshot): PlanSnapshot | undefined =>
    readSnapshot({
      ...of,
      services: of.services.map((one) =>
        Object.fromEntries(Object.entries(one).filter(([key]) => key !== "routes")),
      ) as unknown as readonly ServiceSnapshot[],
    });

  test.each<[string, readonly Route[], readonly Route[], readonly string[]]>([
    ["gives no line for what is the same", [clock, named], [clock, named], [nothingChanged]],
    ["knows what is new", [clock], [clock, named], ["+ route guestbook/ to web (everybody)"]],
    ["knows what is removed", [clock, named], [clock], ["- route guestbook/ of web"]],
    [
      "knows that something is another, and who gets in now",
      [{ ...clock, login: true }],
      [clock],
      ["~ route /clock/: its settings (everybody)"],
    ],
  ])("%s", (_what, before, after, expected) => {
    expect(lines(older(snapshot({ web: before })), snapshot({ web: after }))).toEqual(expected);
  });
});
