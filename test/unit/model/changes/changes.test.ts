import fc from "fast-check";
import { type Change, changesBetween } from "../../../../model/changes/changes";
import { changeLines, nothingChanged } from "../../../../model/changes/lines";
import { fieldWords } from "../../../../model/changes/service-fields";
import {
  filesOf,
  type PlanSnapshot,
  readSnapshot,
  type SiteContents,
  snapshotOf,
} from "../../../../model/changes/snapshot";
import type { Service, Site } from "../../../../model/inventory";
import { phasesThrough } from "../../../../model/phases";
import { concepts, fieldNames } from "../../../../model/service/concepts";
import { planWith } from "../plans";

const image = `docker.io/library/nginx@sha256:${"0".repeat(64)}`;
const service = (changes: Partial<Service> = {}): Service => ({ image, ...changes });
/** With one task, which stops before the new one starts. */
const single = (changes: Partial<Service> = {}): Service =>
  service({ update: { order: "stop-first" }, ...changes });
const site = (services: Services, changes: Partial<Site> = {}): Site => ({
  name: "hive.example",
  services,
  ...changes,
});
type Services = Readonly<Record<string, Service>>;
const noContents: SiteContents = { contexts: {}, files: {} };
const snapshot = (of: Site, contents = noContents): PlanSnapshot =>
  snapshotOf(planWith({ site: of }), contents);
/** What a reader of the state has. */
const kept = (of: PlanSnapshot): PlanSnapshot | undefined =>
  readSnapshot(JSON.parse(JSON.stringify(of)));
const textsOf = (changes: readonly Change[]): readonly string[] =>
  changeLines(changes).map(({ text }) => text);
const lines = (before: Site, after: Site): readonly string[] =>
  textsOf(changesBetween(snapshot(before), snapshot(after)));

describe("the lines of a change", () => {
  const twice = { mode: { replicas: 2 } } as const;
  const volume = { volumes: { data: { replicated: { size: "1GiB" } } } } as const;
  const socket: Partial<Service> = {
    rootOnServers: true,
    volumes: [{ source: "/var/run/docker.sock", target: "/var/run/docker.sock" }],
  };
  const mounting = service({ volumes: [{ source: "data", target: "/data" }] });
  test.each<[string, Site, Site, readonly string[]]>([
    ["nothing", site({ web: service() }), site({ web: service() }), [nothingChanged]],
    [
      "a new service with a port",
      site({ web: service() }),
      site({ web: service(), new: service({ ports: ["8081:80"] }) }),
      [`+ service new (1 replica, image ${image})`, "open 8081/tcp on the cluster hosts"],
    ],
    [
      "a new service that can become root on the servers",
      site({ web: service() }),
      site({ web: service(), console: service(socket) }),
      [
        "! service console can become ROOT ON THE SERVERS: it mounts /var/run/docker.sock",
        `+ service console (1 replica, image ${image})`,
      ],
    ],
    [
      "a service that can become root by more than before",
      site({ console: single(socket) }),
      site({ console: single({ ...socket, capabilities: { add: ["SYS_ADMIN"] } }) }),
      [
        "! service console can become ROOT ON THE SERVERS: it has the capability SYS_ADMIN",
        "~ service console: capabilities; its only task restarts: away for a moment",
      ],
    ],
    [
      "another change of a service that could become root before",
      site({ console: single(socket) }),
      site({ console: single({ ...socket, user: "www" }) }),
      ["~ service console: user; its only task restarts: away for a moment"],
    ],
    [
      "a removed service and its data",
      site({ web: service(), db: mounting }, volume),
      site({ web: service() }),
      ["- volume data WITH ALL DATA", "- service db"],
    ],
    [
      "variables of a service with one task",
      site({ web: single({ environment: { A: "1", B: "1" } }) }),
      site({ web: single({ environment: { A: "2", C: "1" } }) }),
      ["~ service web: 3 variables; its only task restarts: away for a moment"],
    ],
    [
      "one task, the new one first",
      site({ web: service({ update: { order: "start-first" } }) }),
      site({ web: service({ update: { order: "start-first" }, user: "www" }) }),
      ["~ service web: user; restarts, each new task before the old one stops"],
    ],
    [
      "several tasks",
      site({ web: service(twice) }),
      site({ web: service({ ...twice, command: ["serve"] }) }),
      ["~ service web: command; its tasks restart one after the other"],
    ],
    [
      "several tasks at the same time",
      site({ web: service({ ...twice, update: { order: "stop-first", parallelism: 0 } }) }),
      site({
        web: service({
          ...twice,
          update: { order: "stop-first", parallelism: 0 },
          command: ["serve"],
        }),
      }),
      ["~ service web: command; its tasks restart ALL AT ONCE"],
    ],
    [
      "more replicas",
      site({ web: service(twice) }),
      site({ web: service({ mode: { replicas: 3 } }) }),
      ["~ service web: replicas 2 → 3"],
    ],
    [
      "one replica is left",
      site({ web: service(twice) }),
      site({ web: service() }),
      ["~ service web: replicas 2 → 1; LOSES REDUNDANCY"],
    ],
    [
      "none is left",
      site({ web: service() }),
      site({ web: service({ mode: { replicas: 0 } }) }),
      ["~ service web: replicas 1 → 0; nothing of it runs any more"],
    ],
    [
      "another kind of service",
      site({ web: service(twice) }),
      site({ web: service({ mode: "global" }) }),
      ["~ service web: 2 replicas → on every server; removed and created again: away for a moment"],
    ],
    [
      "a label of the service",
      site({ web: service() }),
      site({ web: service({ labels: { a: "1" } }) }),
      ["~ service web: 1 label"],
    ],
    [
      "another port",
      site({ web: service({ ...twice, ports: ["8081:80"] }) }),
      site({ web: service({ ...twice, ports: ["8082:80"] }) }),
      [
        "~ service web: port 8081 → 8082; its tasks restart one after the other",
        "close 8081/tcp on the cluster hosts",
        "open 8082/tcp on the cluster hosts",
      ],
    ],
    [
      "a port that moves between services stays open",
      site({ a: single({ ports: ["81"] }), b: single() }),
      site({ a: single(), b: single({ ports: ["81"] }) }),
      [
        "~ service a: port 81 no longer; its only task restarts: away for a moment",
        "~ service b: new port 81; its only task restarts: away for a moment",
      ],
    ],
    [
      "a job",
      site({ job: service({ mode: { job: {} } }) }),
      site({ job: service({ mode: { job: {} }, environment: { A: "1" } }) }),
      ["~ service job: 1 variable; the job runs again"],
    ],
    [
      "a job with a schedule",
      site({ job: service({ mode: { job: { schedule: "0 3 * * *" } } }) }),
      site({ job: service({ mode: { job: { schedule: "0 4 * * *" } } }) }),
      ["~ service job: schedule; from its next run on"],
    ],
    [
      "another value of a secret",
      site({ web: single({ secrets: ["key"] }) }, { secrets: { key: { generate: {} } } }),
      site(
        { web: single({ secrets: ["key"] }) },
        { secrets: { key: { generate: { version: 2 } } } },
      ),
      [
        "~ service web: 1 secret; its only task restarts: away for a moment",
        "~ secret key: a new value",
      ],
    ],
    [
      "a setting of a network",
      site({ web: single({ networks: ["back"] }) }, { networks: { back: {} } }),
      site({ web: single({ networks: ["back"] }) }, { networks: { back: { internal: true } } }),
      [
        "~ service web: 1 network; its only task restarts: away for a moment",
        "~ network back: its settings",
      ],
    ],
    [
      "the size of a volume",
      site({ db: mounting }, volume),
      site({ db: mounting }, { volumes: { data: { replicated: { size: "2GiB" } } } }),
      ["~ volume data: its settings"],
    ],
  ])("%s", (_what, before, after, expected) => {
    expect(lines(before, after)).toEqual(expected);
  });

  test("files of an image, a config and initial data count, wherever they are", () => {
    const of = site(
      {
        web: service({
          image: { build: "web" },
          update: { order: "stop-first" },
          configs: [{ config: "page", target: "/page" }],
          initialize: [{ name: "load", script: "site/load.sh" }],
        }),
      },
      { images: { web: {} }, configs: { page: { file: "site/page.html" } } },
    );
    expect(filesOf(planWith({ site: of }))).toEqual(["site/load.sh", "site/page.html"]);
    const before = snapshot(of, {
      contexts: { web: "1" },
      files: { "site/load.sh": "1", "site/page.html": "1" },
    });
    const after = snapshot(of, {
      contexts: { web: "2" },
      files: { "site/load.sh": "2", "site/page.html": "2" },
    });
    expect(textsOf(changesBetween(before, after))).toEqual([
      "~ service web: image, 1 config, 1 step of initial data; its only task restarts: away for a moment",
      "~ config page: another content",
      "~ image web: another content",
    ]);
  });

  test("servers and settings", () => {
    const fewer = snapshot(site({ web: service() }));
    const of = planWith({ site: site({ web: service() }) });
    const [host] = of.hosts;
    const more = snapshotOf(
      {
        ...of,
        hosts: [...of.hosts, { ...host!, logicalName: "hive4" }],
        ssh: { ...of.ssh, operators: [{ name: "ann", publicKey: "ssh-ed25519 AAAA" }] },
      },
      noContents,
    );
    expect(textsOf(changesBetween(fewer, more))).toEqual([
      "+ server hive4 (cluster)",
      "~ setting operators",
    ]);
    expect(textsOf(changesBetween(more, fewer))).toEqual([
      "- server hive4 (cluster) WITH ALL DATA",
      "~ setting operators",
    ]);
  });

  test("another version of hive's own keys", () => {
    const of = planWith({ site: site({ web: service() }) });
    const at = (keyVersion: number): PlanSnapshot => snapshotOf({ ...of, keyVersion }, noContents);
    // A snapshot of before there were versions has no such setting.
    expect(at(1).settings).not.toHaveProperty("version of hive's own keys");
    expect(textsOf(changesBetween(at(1), at(2)))).toEqual(["+ setting version of hive's own keys"]);
    expect(textsOf(changesBetween(at(2), at(3)))).toEqual(["~ setting version of hive's own keys"]);
  });
});

describe("an update", () => {
  const images = { web: {} };
  const of = planWith({ site: site({ web: service({ image: { build: "web" } }) }, { images }) });
  const at = (updated?: string): PlanSnapshot =>
    snapshotOf({ ...of, ...(updated === undefined ? {} : { updated }) }, noContents);

  test("is told with the images and services that it changes", () => {
    expect(textsOf(changesBetween(at("2026-11-01"), at("2026-12-01")))).toEqual([
      expect.stringContaining("~ service web: image"),
      "~ image web: another content",
      "~ setting time of the last update",
    ]);
  });

  test("that was never made leaves no trace in a snapshot", () => {
    expect(JSON.stringify(at())).not.toContain('update":"');
    expect(at().settings).not.toHaveProperty("time of the last update");
    expect(at().objects.image).not.toEqual(at("2026-12-01").objects.image);
  });
});

describe("many changes", () => {
  const many = (number: number): Services =>
    Object.fromEntries(Array.from({ length: number }, (_, index) => [`s${index}`, service()]));

  test("are folded by kind, but the loss of data is not", () => {
    const volumes = Object.fromEntries(
      ["aa", "bb"].map((name) => [name, { replicated: { size: "1GiB" } }] as const),
    );
    const mounts = ["aa", "bb"].map((source) => ({ source, target: `/${source}` }));
    const before = site({ ...many(8), db: service({ volumes: mounts }) }, { volumes });
    const changed = Object.keys(many(12)).map((name) => [name, service({ user: "www" })]);
    expect(lines(before, site(Object.fromEntries(changed) as Services))).toEqual([
      "- volume aa WITH ALL DATA",
      "- volume bb WITH ALL DATA",
      "- service db",
      "~ 8 services: s0, s1, s2, s3, s4, s5, s6, s7; restarts, each new task before the old one stops",
      "+ 4 services: s10, s11, s8, s9",
    ]);
  });

  test("a new stage is told in a few lines", () => {
    const after = snapshot(site({ a: service({ ports: ["80"] }), b: service({ ports: ["81"] }) }));
    const texts = changeLines(changesBetween(undefined, after), { folded: true });
    expect(texts.map(({ text }) => text)).toEqual([
      "+ 4 servers: hive0, hive1, hive2, hive3",
      "+ 2 services: a, b",
      "open 80/tcp, 81/tcp on the cluster hosts",
      "+ network default",
    ]);
  });
});

test("every field of a service has words, and a change of it is told", () => {
  const [planned] = planWith().services;
  const fields = Object.keys(planned ?? {}).filter((field) => field !== "name");
  expect(Object.keys(fieldWords)).toEqual(expect.arrayContaining([...fields, ...fieldNames]));
  const attributes = concepts.flatMap(({ schema }) => Object.keys(schema));
  expect(attributes.length).toBeGreaterThan(30);
  const plan = planWith();
  const before = snapshotOf(plan, noContents);
  const otherwise = ["mode", "ports", "initialize"];
  for (const field of fields.filter((one) => !otherwise.includes(one))) {
    const other: unknown =
      field === "hosts" || field === "environment" ? { other: "1" } : undefined;
    const changed = plan.services.map((one) => changedField(one, field, other));
    const changes = changesBetween(before, snapshotOf({ ...plan, services: changed }, noContents));
    const rights =
      field === "standalone" ? [expect.objectContaining({ thing: "root access" })] : [];
    expect([field, changes]).toEqual([
      field,
      [expect.objectContaining({ thing: "service", change: "changed" }), ...rights],
    ]);
  }
});

/** A service with another value in a field, of the same form. */
function changedField<One extends object>(one: One, field: string, other: unknown): One {
  const old = one[field as keyof One] as unknown;
  const list = [{ name: "x", network: "x", target: "/x" }];
  const value =
    other ?? (Array.isArray(old) ? list : typeof old === "object" ? { ...old, x: "x" } : "x");
  return { ...one, [field]: value };
}

test("every part of a plan is looked at, or is known to be told elsewhere", () => {
  const told = ["fleet", "siteName", "network", "hosts", "ssh", "swarm", "registry", "images"]
    .concat(["overlays", "volumes", "secrets", "configs", "externals", "services", "phases"])
    .concat(["container", "prepared", "serverContainers", "keyVersion", "updated"]);
  // Traits follow from the fleet; values are filled in everywhere; passwords are used up by a run.
  const elsewhere = ["stage", "traits", "values", "notices", "oneTimePasswords"];
  expect([...told, ...elsewhere]).toEqual(expect.arrayContaining(Object.keys(planWith())));
});

test("a run that stops early is compared with what it covers", () => {
  const whole = planWith();
  const early = { ...whole, phases: phasesThrough("setup-hosts") };
  const before = snapshotOf(whole, noContents);
  expect(changesBetween(before, snapshotOf(early, noContents))).toEqual([]);
  expect(changesBetween(snapshotOf(early, noContents), before)).toContainEqual(
    expect.objectContaining({ thing: "service", change: "added" }),
  );
});

test("values are not kept, and what is not a snapshot is none", () => {
  const of = site(
    {
      web: service({
        environment: { TOKEN: "swordfish" },
        configs: [{ config: "page", target: "/page" }],
      }),
    },
    { configs: { page: { content: "swordfish" } } },
  );
  expect(JSON.stringify(snapshot(of))).not.toContain("swordfish");
  expect(kept(snapshot(of))).toEqual(snapshot(of));
  for (const other of [undefined, null, "x", {}, { ...snapshot(of), format: 2 }])
    expect(readSnapshot(other)).toBeUndefined();
});

const anySite: fc.Arbitrary<Site> = fc
  .dictionary(
    fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"),
    fc.record(
      {
        mode: fc.constantFrom({ replicas: 1 }, { replicas: 3 }, "global" as const, { job: {} }),
        environment: fc.dictionary(fc.constantFrom("A", "B"), fc.constantFrom("1", "2")),
        user: fc.constantFrom("www", "root"),
        volumes: fc.constantFrom(
          [{ source: "data", target: "/data", readOnly: true }],
          [{ source: "more", target: "/data", readOnly: true }],
        ),
      },
      { requiredKeys: [] },
    ),
    { minKeys: 1 },
  )
  .map((services) =>
    site(Object.fromEntries(Object.entries(services).map(([name, one]) => [name, service(one)])), {
      volumes: { data: { local: {} }, more: { local: {} } },
    }),
  );

describe("of any two sites", () => {
  test("nothing lies between a snapshot and itself, as the state keeps it", () => {
    fc.assert(
      fc.property(anySite, (one) => {
        expect(changesBetween(kept(snapshot(one)), snapshot(one))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test("every change is in the lines, and data that are lost have a line each", () => {
    fc.assert(
      fc.property(anySite, anySite, (one, other) => {
        const changes = changesBetween(snapshot(one), snapshot(other));
        const texts = textsOf(changes);
        for (const { name } of changes) expect(texts.join("\n")).toContain(name);
        for (const { thing, change, name } of changes)
          if (thing === "volume" && change === "removed")
            expect(texts).toContain(`- volume ${name} WITH ALL DATA`);
      }),
      { numRuns: 40 },
    );
  });

  test("what one way adds, the other removes", () => {
    const kinds = (changes: readonly Change[], mirrored: boolean): readonly string[] =>
      changes
        .map(({ thing, change, name }) => {
          const other = { added: "removed", removed: "added", changed: "changed" }[change];
          return `${thing} ${name} ${mirrored ? other : change}`;
        })
        .sort();
    fc.assert(
      fc.property(anySite, anySite, (one, other) => {
        const there = changesBetween(snapshot(one), snapshot(other));
        const back = changesBetween(snapshot(other), snapshot(one));
        expect(kinds(there, true)).toEqual(kinds(back, false));
      }),
      { numRuns: 40 },
    );
  });
});
