import { image, problemsOf } from "../problems-of";

const parts = {
  images: { webgate: {} },
  networks: { back: {} },
  volumes: { data: { local: {} } },
  secrets: { token: { generate: {} } },
  configs: { nginx: { content: "x" } },
};

function problemsOfService(service: Record<string, unknown>): readonly string[] {
  return problemsOf({ ...parts, services: { web: { image, ...service } } });
}

describe("what a service names exists", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "a network",
      { networks: ["default", "bck"] },
      'networks[1] | did you mean "back"? Else add bck: {} to networks in site/site.ts',
    ],
    [
      "a network with aliases",
      { networks: [{ name: "mail" }] },
      "networks[0].name | add mail: {} to networks in site/site.ts",
    ],
    [
      "a volume",
      { volumes: [{ source: "dat", target: "/data" }] },
      'volumes[0].source | did you mean "data"? Else add dat: { replicated: { size: "1GiB" } } to volumes in site/site.ts',
    ],
    [
      "a secret",
      { secrets: ["tokens"] },
      'secrets[0] | did you mean "token"? Else add tokens: { generate: {} } to secrets in site/site.ts',
    ],
    [
      "a secret with its place",
      { secrets: ["token", { secret: "key", target: "other" }] },
      "secrets[1].secret | add key: { generate: {} } to secrets in site/site.ts",
    ],
    [
      "a config",
      { configs: [{ config: "ngin" }] },
      'configs[0].config | did you mean "nginx"? Else add ngin: { file: "…" } to configs in site/site.ts',
    ],
    [
      "a secret of a step",
      { initialize: [{ name: "load", command: ["load"], secrets: ["token", "pass"] }] },
      "initialize[0].secrets[1] | add pass: { generate: {} } to secrets in site/site.ts",
    ],
    [
      "an image",
      { image: { build: "webgat" } },
      'image.build | did you mean "webgate"? Else add webgat: {} to images in site/site.ts',
    ],
    [
      "a secret whose name is no identifier",
      { image, secrets: ["smtp-token"] },
      'secrets[0] | add "smtp-token": { generate: {} } to secrets in site/site.ts',
    ],
    [
      "a volume whose name is no identifier",
      { image, volumes: [{ source: "web-data", target: "/data" }] },
      'volumes[0].source | add "web-data": { replicated: { size: "1GiB" } } to volumes in site/site.ts',
    ],
  ])("%s", (_, service, problem) => {
    expect(problemsOfService(service)).toEqual([`site/services/web.ts: services.web.${problem}`]);
  });

  test("and nothing is said when it does; folders of servers need no declaration", () => {
    expect(
      problemsOfService({
        image: { build: "webgate" },
        networks: ["default", { name: "back", aliases: ["www"] }],
        volumes: [
          { source: "data", target: "/data" },
          { source: "/srv/data", target: "/srv" },
        ],
        secrets: ["token"],
        configs: [{ config: "nginx" }],
        initialize: [{ name: "load", command: ["load"], secrets: ["token"] }],
      }),
    ).toEqual([]);
  });

  test("what has a problem of its own is not missing as well", () => {
    const site = {
      volumes: { data: { replicated: { size: "1" } } },
      services: { web: { image, volumes: [{ source: "data", target: "/data" }] } },
    };
    expect(problemsOf(site)).toHaveLength(1);
  });
});

describe("a name stands once", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["of networks", { networks: ["back", { name: "back" }] }, "networks[1] | remove one of them"],
    [
      "of steps",
      {
        initialize: [
          { name: "a", command: ["x"] },
          { name: "a", command: ["y"] },
        ],
      },
      "initialize[1].name | choose another name",
    ],
    [
      "of backups",
      {
        backups: [
          { name: "a", command: ["x"], restore: ["x"] },
          { name: "a", command: ["y"], restore: ["y"] },
        ],
      },
      "backups[1].name | choose another name",
    ],
  ])("in a list %s", (_, service, problem) => {
    expect(problemsOfService(service)).toEqual([`site/services/web.ts: services.web.${problem}`]);
  });
});

describe("a path in the container has one thing", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "two mounts",
      {
        volumes: [
          { source: "data", target: "/data" },
          { source: "/srv", target: "/data/" },
        ],
      },
      "volumes[1].target",
    ],
    [
      "a mount and memory",
      { volumes: [{ source: "data", target: "/tmp" }], tmpfs: [{ target: "/tmp" }] },
      "tmpfs[0].target",
    ],
    [
      "two secrets",
      { secrets: ["token", { secret: "token", target: "/run/secrets/token" }] },
      "secrets[1].target",
    ],
    [
      "a secret and a config",
      {
        secrets: [{ secret: "token", target: "/etc/web" }],
        configs: [{ config: "nginx", target: "/etc/web" }],
      },
      "configs[0].target",
    ],
  ])("%s", (_, service, path) => {
    expect(problemsOfService(service)).toEqual([
      `site/services/web.ts: services.web.${path} | choose another target for one of the two`,
    ]);
  });

  test("one secret may stand in two places", () => {
    expect(problemsOfService({ secrets: ["token", { secret: "token", target: "again" }] })).toEqual(
      [],
    );
  });
});
