import { digest, faultsOf, image, problemsOf, textOf } from "../problems-of";

const faults = (service: Record<string, unknown>): readonly string[] =>
  faultsOf({
    volumes: { data: { local: {} } },
    services: { web: { image, mode: "global", ...service } },
  });

describe("texts that the Swarm expands for each task", () => {
  test("may be templates", () => {
    expect(
      faults({
        environment: { NODE: "{{.Node.Hostname}}", JSON: '{"a":{"b":1}}' },
        hostname: "{{.Service.Name}}-{{.Task.Slot}}",
        volumes: [{ source: "/srv/{{.Node.Hostname}}", target: "/data" }],
        tmpfs: [{ target: "/run/{{.Service.Name}}" }],
      }),
    ).toEqual([]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["environment.NODE", { environment: { NODE: "{{.Node.Name}}" } }],
    ["volumes[0].source", { volumes: [{ source: "/srv/{{.Node.Name}}", target: "/data" }] }],
    ["volumes[0].target", { volumes: [{ source: "data", target: "/data/{{.Node.Name}}" }] }],
    ["tmpfs[0].target", { tmpfs: [{ target: "/run/{{.Node.Name}}" }] }],
    ["hostname", { hostname: "{{.Node.Name}}" }],
  ])("are refused in %s before anything is touched", (path, service) => {
    expect(faults(service)).toEqual([
      `site/services/web.ts: services.web.${path}: has {{.Node.Name}}, but there is no field 'Name' there`,
    ]);
  });

  test("values of the environment are not printed: a password may be in them", () => {
    const services = { web: { image, environment: { PASSWORD: "planted{{" } } };
    expect(textOf({ services })).toContain("has {{ without }}");
    expect(textOf({ services })).not.toContain("planted");
  });

  test("so are the options of a volume", () => {
    const volumes = { media: { driver: { name: "rexray", options: { o: "{{.Nothing}}" } } } };
    expect(faultsOf({ volumes })).toEqual([
      "site/site.ts: volumes.media.driver.options.o: has {{.Nothing}}, but there is no field 'Nothing' there",
    ]);
  });
});

test.each<[string, Record<string, string>]>([
  ["path", { path: "/export/{{.Node.Name}}" }],
  ["options", { path: "/export", options: "nfsvers=4,fsc={{.Node.Name}}" }],
])("so is the %s of a share", (key, settings) => {
  const nfs = (change: (text: string) => string): Record<string, unknown> => ({
    volumes: {
      media: {
        nfs: {
          server: "nas.example",
          ...Object.fromEntries(
            Object.entries(settings).map(([each, text]) => [each, change(text)]),
          ),
        },
      },
    },
  });
  expect(faultsOf(nfs((text) => text))).toEqual([
    `site/site.ts: volumes.media.nfs.${key}: has {{.Node.Name}}, but there is no field 'Name' there`,
  ]);
  expect(faultsOf(nfs((text) => text.replace("Node.Name", "Node.Hostname")))).toEqual([]);
});

describe("a host name", () => {
  test.each([
    "web",
    "Web_1.hive.example",
    "{{.Node.Hostname}}",
    "{{.Service.Name}}.{{.Task.Slot}}",
    "a".repeat(64),
    '{{join "-" .Service.Name .Task.ID}}',
  ])("%s is taken", (hostname) => {
    expect(faults({ hostname })).toEqual([]);
  });

  test.each([
    ["a".repeat(65), "has 65 letters; Linux takes 64"],
    ["a b", "is not a host name"],
    ["localhost", "is in every container's /etc/hosts for the container itself"],
    // The Swarm's id of a task has 25 letters, and so has that of a server, which a global
    // service's tasks have for a number.
    ["{{.Task.Name}}.hive.example", "becomes web.iiii"],
    [`${"a".repeat(50)}-{{.Node.Hostname}}`, "has 71 letters; Linux takes 64"],
    ["p-hive0.hive.example", "is the name of a server, but p-hive1.hive.example, p-hive2"],
  ])("%s is refused", (hostname, message) => {
    const [fault, ...others] = faults({ hostname });
    expect(fault).toContain("services.web.hostname: ");
    expect(fault).toContain(message);
    expect(others).toEqual([]);
  });

  test("may be the name of the one server that runs the service", () => {
    const placement = { constraints: ["node.hostname == p-hive0.hive.example"] };
    expect(faults({ hostname: "p-hive0.hive.example", placement })).toEqual([]);
  });
});

describe("a host name that is another service's name", () => {
  const site = (
    web: Record<string, unknown>,
    db: Record<string, unknown> = {},
  ): Record<string, unknown> => ({
    networks: { back: {}, front: {} },
    services: { web: { image, ...web }, db: { image, ...db } },
  });
  const aliased = { networks: [{ name: "back", aliases: ["mysql", "both"] }] };

  test.each<[string, Record<string, unknown>, Record<string, unknown>, string, string]>([
    ["its name", { hostname: "db" }, {}, "db", "default"],
    ["its name in capital letters", { hostname: "DB" }, {}, "db", "default"],
    ["its name with a domain", { hostname: "db.hive.example" }, {}, "db", "default"],
    ["its name behind a template", { hostname: "db.{{.Node.Hostname}}" }, {}, "db", "default"],
    ["its alias", { hostname: "mysql", networks: ["front", "back"] }, aliased, "mysql", "back"],
  ])("hides it from the own tasks: %s", (_, web, db, hidden, network) => {
    expect(faultsOf(site(web, db))).toEqual([
      `site/services/web.ts: services.web.hostname: hides the service db, which has the name ${hidden} on the network ${network}: in tasks of web the name would lead to the task itself`,
    ]);
    expect(problemsOf(site(web, db))[0]).toContain("choose another name, or leave it out");
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["its own name", { hostname: "web" }, {}],
    ["the name of a service on another network", { hostname: "db", networks: ["front"] }, aliased],
    ["an alias on another network", { hostname: "mysql", networks: ["front"] }, aliased],
    [
      "an alias that both have",
      { hostname: "both", networks: [{ name: "back", aliases: ["both"] }] },
      aliased,
    ],
    ["a name that only begins alike", { hostname: "db-{{.Task.Slot}}" }, {}],
  ])("does not hide it: %s", (_, web, db) => {
    expect(faultsOf(site(web, db))).toEqual([]);
  });
});

describe("the content of a config", () => {
  const site = (config: Record<string, unknown>): Record<string, unknown> => ({
    configs: { nginx: config },
    services: { web: { image, configs: [{ config: "nginx" }] } },
  });

  test("is looked at where it is a template", () => {
    const content = "planted {{ .Node.Name }} {{ secret `x` }}";
    expect(faultsOf(site({ content }))).toEqual([]);
    expect(faultsOf(site({ content, template: true }))).toEqual([
      "site/site.ts: configs.nginx.content: has {{.Node.Name}}, but there is no field 'Name' there",
    ]);
    expect(textOf(site({ content, template: true }))).not.toContain("planted");
  });

  test("also in a file", () => {
    const read = (): Buffer => Buffer.from("{{ if .Node.ID }}");
    const config = { file: "site/nginx.conf", template: true };
    expect(faultsOf(site(config), { read })).toEqual([
      "site/site.ts: configs.nginx.file: is expanded as a Go template, in which {{if}} has no {{end}}",
    ]);
  });
});

test("what Linux would not start a program with is refused, and not printed", () => {
  const long = "x".repeat(128 * 1024);
  const service = { image, command: ["sh", "-c", long], environment: { A: long, B: "a\0b" } };
  expect(problemsOf({ services: { web: service } })).toEqual(
    ["command[2]", "environment.A", "environment.B"].map(
      (path) =>
        `site/services/web.ts: services.web.${path} | put it into a config, the image or a volume`,
    ),
  );
  expect(textOf({ services: { web: service } })).not.toContain("xxxx");
  const fitting = "x".repeat(128 * 1024 - 1);
  expect(problemsOf({ services: { web: { image, command: ["sh", "-c", fitting] } } })).toEqual([]);
});

test.each([
  ["nginx", true],
  ["docker.io/library/nginx:1.27", true],
  [`registry.example:5000/team/web__x@${digest}`, true],
  ["a//b", false],
  ["nginx:", false],
  ["a/Nginx", false],
  ["nginx_", false],
  [`${"a/".repeat(130)}b`, false],
])("the engine takes %s as an image: %s", (reference, taken) => {
  expect(problemsOf({ services: { web: { image: reference } } }).length).toBe(taken ? 0 : 1);
});
