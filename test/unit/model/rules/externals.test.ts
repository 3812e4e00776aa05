import { defineSite } from "../../../../model/site";
import { planTable } from "../../../../model/planning/plan-table";
import { planWith } from "../plans";
import { faultsOf, image, problemsOf } from "../problems-of";

const site = defineSite({
  name: "hive.example",
  networks: { edge: { external: "traefik_public" }, unused: { external: true } },
  volumes: { media: { external: true } },
  secrets: { token: { external: "TEAM_TOKEN" } },
  configs: { motd: { external: true } },
  services: {
    web: {
      image,
      mode: "global",
      networks: ["edge", "default"],
      volumes: [{ source: "media", target: "/media" }],
      secrets: ["token"],
      configs: [{ config: "motd" }],
      placement: { constraints: ["node.hostname != p-hive1.hive.example"] },
    },
  },
});

describe("what is outside of the site", () => {
  test("is planned as such, where it has to be, and as nothing that hive makes", () => {
    const plan = planWith({ site });
    expect(plan.externals).toEqual([
      { kind: "network", name: "edge", externalName: "traefik_public" },
      {
        kind: "volume",
        name: "media",
        externalName: "media",
        hosts: ["p-hive0.hive.example", "p-hive2.hive.example"],
      },
      { kind: "secret", name: "token", externalName: "TEAM_TOKEN" },
      { kind: "config", name: "motd", externalName: "motd" },
    ]);
    expect(plan.overlays.map(({ name }) => name)).toEqual(["default"]);
    expect([plan.volumes, plan.secrets, plan.configs]).toEqual([[], [], []]);
  });

  test("is shown by the plan", () => {
    expect(planTable(planWith({ site }))).toContain(
      [
        "EXTERNAL  KIND     LOOKED FOR AS   WHERE",
        "edge      network  traefik_public  in the Swarm",
        "media     volume   media           on p-hive0.hive.example, p-hive2.hive.example",
        "token     secret   TEAM_TOKEN      in the Swarm",
        "motd      config   motd            in the Swarm",
      ].join("\n"),
    );
  });

  test("a volume is where the service runs that another one follows", () => {
    const volumes = [{ source: "media", target: "/media" }];
    const { externals } = planWith({
      site: {
        name: "hive.example",
        volumes: { media: { external: true } },
        services: {
          app: { image, placement: { constraints: ["node.hostname == p-hive2.hive.example"] } },
          tool: { image, volumes, placement: { with: "app" } },
        },
      },
    });
    expect(externals[0]?.hosts).toEqual(["p-hive2.hive.example"]);
  });

  test("a task that may move away from what a volume holds is told of", () => {
    const volumes = [{ source: "media", target: "/media" }];
    const { notices } = planWith({
      site: {
        name: "hive.example",
        volumes: { media: { external: true } },
        services: { app: { image, volumes } },
      },
    });
    expect(notices[0]).toContain("The service app keeps data on the volume media");
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      "a network with settings",
      { networks: { edge: { external: true, internal: true } } },
      "networks.edge | remove internal; or external, for a network that hive makes",
    ],
    [
      "a network that is not external",
      { networks: { edge: { external: false } } },
      "networks.edge.external | write true for the same name, or the object's real name; remove it for an object of the site",
    ],
    [
      "a network of Docker's own",
      { networks: { edge: { external: "ingress" } } },
      'networks.edge.external | write the name of a network of the Swarm, e.g. external: "traefik-public"',
    ],
    [
      "a volume of two kinds",
      { volumes: { data: { external: true, local: {} } } },
      'volumes.data | write one of them: { replicated: { size: "1GiB" } }, { local: {} }, { nfs: { server, path } }, { driver: { name } } or { external: true }',
    ],
    [
      "a name that Docker does not give",
      { secrets: { token: { external: "a b" } } },
      "secrets.token.external | write true for the same name, or the object's real name; remove it for an object of the site",
    ],
  ])("is not %s", (_, parts, problem) => {
    expect(problemsOf(parts)).toEqual([`site/site.ts: ${problem}`]);
  });

  test("a secret is read by tasks only", () => {
    const faults = faultsOf({
      images: { app: { buildSecrets: ["token"] } },
      secrets: { token: { external: true } },
      services: {
        db: { image, initialize: [{ name: "load", command: ["load"], secrets: ["token"] }] },
      },
    });
    const message =
      "is an external secret, whose value hive cannot read from the Swarm: only tasks get it";
    expect(faults).toEqual([
      `site/site.ts: images.app.buildSecrets[0]: ${message}`,
      `site/services/db.ts: services.db.initialize[0].secrets[0]: ${message}`,
    ]);
  });
});
