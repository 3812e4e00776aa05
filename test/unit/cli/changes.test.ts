import { compare, ofServices, printChanges } from "../../../cli/changes";
import { runEnvironment } from "../../../cli/pulumi/partial-run";
import { plain } from "../../../cli/terminal";
import { snapshotOf } from "../../../model/changes/snapshot";
import type { Service, Site } from "../../../model/inventory";
import { phasesThrough } from "../../../model/phases";
import { planWith } from "../model/plans";

const image = `docker.io/library/nginx@sha256:${"0".repeat(64)}`;
const site = (services: Readonly<Record<string, Partial<Service>>>): Site => ({
  name: "hive.example",
  services: Object.fromEntries(
    Object.entries(services).map(([name, one]) => [name, { image, ...one }]),
  ),
});
const urn = (type: string, name: string): string =>
  `urn:pulumi:private::hive::hive:index:Hive$${type}::${name}`;
const resource = (kind: string, name: string) => ({
  urn: urn(`pulumi-nodejs:dynamic/hive:${kind}`, name),
  outputs: {},
});
const snapshot = (of: Site) => snapshotOf(planWith({ site: of }), { contexts: {}, files: {} });
const noted = (of: Site) => ({
  urn: urn("hive:index:CompleteRun", "complete-run"),
  outputs: { snapshot: JSON.parse(JSON.stringify(snapshot(of))) as unknown },
});
const stack = { urn: "urn:pulumi:private::hive::pulumi:pulumi:Stack::hive-private", outputs: {} };

const compared = (of: Site, resources: Parameters<typeof compare>[2]) => {
  const { comparedWith, lines } = compare(planWith({ site: of }), snapshot(of), resources);
  return { comparedWith, lines: lines.map(({ text }) => text) };
};

test("a stage that has nothing yet is told in a few lines", () => {
  const expected = {
    comparedWith: "nothing",
    lines: [
      "Nothing of it is there yet. The run builds:",
      "+ 4 servers: hive0, hive1, hive2, hive3",
      `+ service web (1 replica, image ${image})`,
      "+ network default",
    ],
  };
  expect(compared(site({ web: {} }), [])).toEqual(expected);
  expect(compared(site({ web: {} }), [stack])).toEqual(expected);
});

test("the plan is compared with what the last complete run has built", () => {
  const resources = [stack, noted(site({ web: { labels: { a: "1" } } }))];
  expect(compared(site({ web: { labels: { a: "2" } } }), resources)).toEqual({
    comparedWith: "last complete run",
    lines: ["~ service web: 1 label"],
  });
  expect(compared(site({ web: { labels: { a: "1" } } }), resources).lines).toEqual([
    "Nothing in the site has changed since the last complete run.",
  ]);
});

test("what an incomplete run has left is removed too", () => {
  const resources = [
    noted(site({ web: {}, old: {} })),
    resource("SwarmService", "service-old-service"),
    resource("SwarmService", "service-stray-service"),
    resource("Volume", "volume-stray-on-hosts"),
  ];
  expect(compared(site({ web: {} }), resources).lines).toEqual([
    "Removes the service stray.",
    "Removes the volume stray, WITH ALL DATA, on every server.",
    "- service old",
  ]);
});

test("a stage of an older version shows what it can: removals", () => {
  const resources = [resource("SwarmService", "service-db-service"), stack];
  const older = [...resources, { urn: urn("hive:index:CompleteRun", "complete-run"), outputs: {} }];
  for (const state of [resources, older])
    expect(compared(site({ web: {} }), state)).toEqual({
      comparedWith: "unknown",
      lines: ["Removes the service db.", expect.stringMatching(/^What has changed is not known: /)],
    });
});

test("a run that stops early says so", () => {
  const of = site({ web: {} });
  const plan = { ...planWith({ site: of }), phases: phasesThrough("setup-hosts") };
  const after = snapshotOf(plan, { contexts: {}, files: {} });
  expect(compare(plan, after, [noted(of)]).lines.map(({ text }) => text)).toEqual([
    "Nothing in the site has changed since the last complete run.",
    "The run stops after setup-hosts; later phases wait.",
  ]);
});

test.each([
  ["its own changes", ["web"], ["~ service web: 1 label"]],
  ["what else runs its image", ["web", "old"], ["- service old", "~ service web: 1 label"]],
  ["nothing", ["db"], ["Nothing in db has changed since the last complete run."]],
])("a release of some services shows %s only", (_, services, lines) => {
  const before = [noted(site({ web: { labels: { a: "1" } }, db: {}, old: {} }))];
  const now = site({ web: { labels: { a: "2" } }, db: {}, more: { ports: ["80"] } });
  const found = ofServices(compare(planWith({ site: now }), snapshot(now), before), services);
  expect(found.lines.map(({ text }) => text)).toEqual(lines);
});

test.each([
  ["alone", { a: "1" }, []],
  ["after the service's own changes", { a: "2" }, ["~ service web: 1 label"]],
])("a release leaves changed routes to `up`, and says so: %s", (_, labels, own) => {
  const routes = [{ port: 80 }];
  const db = { routes: [{ port: 80, path: "/db/" }] };
  const before = [noted(site({ web: { labels: { a: "1" } }, db }))];
  const now = site({ web: { labels, routes }, db });
  const found = compare(planWith({ site: now }), snapshot(now), before);
  expect(ofServices(found, ["web"]).lines.map(({ text }) => text)).toEqual([
    ...own,
    "The changed routes of web wait for `npx hive up`.",
  ]);
  expect(ofServices(found, ["db"]).lines.map(({ text }) => text)).toEqual([
    "Nothing in db has changed since the last complete run.",
  ]);
});

test("a release on a stage of an older version says what is not known, and no removal", () => {
  const state = [resource("SwarmService", "service-db-service"), stack];
  const found = ofServices(compare(planWith({ site: site({}) }), snapshot(site({})), state), [
    "web",
  ]);
  expect(found.lines.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^What has changed is not known: /),
  ]);
});

test("lost data stand out", () => {
  const printed: string[] = [];
  const terminal = {
    live: false,
    columns: 80,
    paint: (style: string, text: string) => `<${style}>${plain("bold", text)}`,
    print: (text: string) => void printed.push(text),
    printError: () => undefined,
    write: () => undefined,
  };
  const lines = [
    { text: "- volume data WITH ALL DATA", losesData: true },
    { text: "- service db", losesData: false },
  ];
  printChanges({ lines }, terminal);
  expect(printed).toEqual(["<yellow>- volume data WITH ALL DATA", "- service db"]);
});

test.each([
  [["up", "--yes", "--skip-preview"], false],
  [["up", "--yes", "--target", "urn:x"], true],
  [["up", "-t=urn:x"], true],
  [["up", "--exclude", "urn:x"], true],
])("a run with targets tells the program so: %j", (args, partial) => {
  expect(runEnvironment({ PATH: "/bin" }, args)).toEqual({
    PATH: "/bin",
    ...(partial ? { HIVE_PARTIAL_RUN: "1" } : {}),
  });
});
