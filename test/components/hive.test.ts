import { tmpdir } from "node:os";
import { bootSeconds, scriptSeconds } from "../../providers/first-contact/client";
import * as pulumi from "@pulumi/pulumi";
import { Hive } from "../../components/hive";
import { shortHash } from "../../render/meaning";
import { readSnapshot, snapshotOf } from "../../model/changes/snapshot";
import { phases, type Phase } from "../../model/phases";
import type { DockerFacts } from "../../fleet/container/docker-facts";
import { planContainerFleet } from "../../fleet/container/plan";
import { ContainerFleet } from "../../fleet/container/servers";
import { planStack } from "../../model/plan-site";
import { defineSite } from "../../model/site";
import { site as exampleSite } from "../../site/site";
import type { Site } from "../../model/inventory";
import { record, type Recorded } from "./recorder";

// Each provider's text is serialized once; that takes seconds on a busy computer.
jest.setTimeout(120_000);

const facts: DockerFacts = {
  cgroupVersion: 2,
  desktop: false,
  platform: "linux",
  networks: [],
  busyPorts: [],
  containers: [],
};

/** Declares the project's own site on the private stage and returns what the engine was told. */
function declare(
  config: Readonly<Record<string, string>> = {},
  {
    site = exampleSite,
    engine = facts,
    partial = false,
    ...options
  }: {
    readonly preview?: boolean;
    readonly site?: Site;
    readonly engine?: DockerFacts;
    readonly partial?: boolean;
  } = {},
): Promise<readonly Recorded[]> {
  const plan = planStack({
    stackName: "private",
    config: { "hive:fleet": "container", "hive:cidr": "172.29.16.0/24", ...config },
    site,
    building: true,
  });
  return record(() => {
    new Hive("hive", {
      plan,
      snapshot: snapshotOf(plan, { contexts: {}, files: {} }),
      partial,
      buildFleet: (name, args, opts) =>
        new ContainerFleet(name, { ...args, plan, fleet: planContainerFleet(plan, engine) }, opts),
      stageSecrets: pulumi.secret<Record<string, string>>({ smtp: "STAGE-smtp" }),
    });
  }, options);
}

const stepType = "pulumi-nodejs:dynamic/hive:HostStep";
const contactType = "pulumi-nodejs:dynamic/hive:FirstContact";

const ofType = (resources: readonly Recorded[], type: string): Recorded[] =>
  resources.filter((resource) => resource.type === type);

const named = (resources: readonly Recorded[], name: string, type?: string): Recorded => {
  const found = resources.find(
    (resource) => resource.name === name && (type === undefined || resource.type === type),
  );
  if (found === undefined) throw new Error(`Nothing was declared as ${name}.`);
  return found;
};

describe("the whole site", () => {
  let resources: readonly Recorded[];
  beforeAll(async () => {
    resources = await declare();
  });

  it("puts every resource under one of the seven phases, and the phases under the hive", () => {
    const leaves = resources.filter(
      ({ type }) => !type.startsWith("hive:") && type !== "pulumi:pulumi:Stack",
    );
    expect(leaves.length).toBeGreaterThan(20);
    for (const { name, ancestors } of leaves) {
      expect([name, ancestors.filter((ancestor) => phases.includes(ancestor as Phase))]).toEqual([
        name,
        [expect.any(String)],
      ]);
      expect(ancestors.at(-1)).toBe("hive");
    }
    expect(
      resources.filter(({ type }) => type.startsWith("hive:phase:")).map(({ name }) => name),
    ).toEqual(phases);
  });

  it("spends at most six resources of its own on a host, beside those that a cloud would have in their place", () => {
    for (const host of ["hive0", "hive1", "hive2", "hive3"]) {
      const own = resources.filter(
        ({ type, name }) =>
          !type.startsWith("docker:") && new RegExp(`(^|-)${host}(-|$)`).test(name),
      );
      expect([host, own.map(({ name }) => name)]).toEqual([
        host,
        expect.arrayContaining([`setup-${host}`, `setup-${host}-base`, `setup-${host}-engine`]),
      ]);
      expect([host, own.length <= 6]).toEqual([host, true]);
    }
  });

  it("sets hosts up side by side, with the firewall in place before the engine's step", () => {
    for (const host of ["hive0", "hive1", "hive2", "hive3"]) {
      const { inputs, options } = named(resources, `setup-${host}-base`);
      const titles = [...String(inputs.script).matchAll(/hive: (base|firewall)/g)].map(
        ([, title]) => title,
      );
      expect(titles).toEqual(["base", "firewall"]);
      const waitsFor = ([options.dependsOn].flat() as { __name?: string }[]).map(
        (resource) => resource.__name ?? "",
      );
      expect(waitsFor).toEqual([expect.stringMatching(`^fleet-${host}-`)]);
    }
  });

  it("pins the host key of everything that goes over SSH to that very host's key", () => {
    const steps = ofType(resources, stepType).map(({ inputs }) => inputs.host);
    const gates = ofType(resources, contactType).map(({ inputs }) => inputs.host);
    expect([steps.length, gates.length]).toEqual([9, 4]);
    for (const reached of [...steps, ...gates] as Record<string, string>[]) {
      const index = Number((reached.address ?? "").split(".")[3]) - 4;
      expect(reached.hostKey).toBe(`ssh-ed25519 AAAAfleet-hive${index}-host-key`);
      expect(reached.user).toBe("hive");
    }
  });

  it("lets in with a key of the program's first, and writes no operator's key into a server", () => {
    const { inputs } = named(resources, "fleet-hive0", "docker:index/container:Container");
    const [, list] = inputs.uploads as { readonly content: string }[];
    expect(list?.content).toBe("ssh-ed25519 AAAAfleet-bootstrap-key comment\n");
    const contact = named(resources, "fleet-hive0-first-contact").inputs;
    expect(contact.bootstrapKey).toBe("PRIVATE-fleet-bootstrap-key");
    expect(contact.operators).toBe("ssh-ed25519 AAAAfleet-operator-key operator@hive.example\n");
    const inputsOfAll = resources.map((each) => each.inputs);
    expect(JSON.stringify(inputsOfAll)).not.toContain("PRIVATE-fleet-operator-key");
  });

  it("says nothing of the computer that it runs on", () => {
    const paths = [process.cwd(), tmpdir(), String(process.env.HIVE_HOME)];
    const text = JSON.stringify(resources.map(({ inputs }) => inputs));
    expect(paths.filter((path) => text.includes(`${path}/`))).toEqual([]);
  });

  it("lets everything on a host end by its own limit, whose error says what was waited for, before the engine ends it", () => {
    const seconds = (text = ""): number => {
      const [, number, unit] = /^(\d+)([sm])$/.exec(text) ?? [];
      return Number(number) * (unit === "m" ? 60 : 1);
    };
    for (const { name, inputs, options } of ofType(resources, contactType)) {
      const limits = [
        ...String(inputs.script).matchAll(/timeout (\d+) cloud-init|SECONDS \+ (\d+)/g),
      ];
      const own = limits.reduce((sum, [, one, other]) => sum + Number(one ?? other), 0);
      expect([name, own > 0, own < scriptSeconds]).toEqual([name, true, true]);
      const limit = seconds(options.customTimeouts?.create);
      expect([name, bootSeconds + scriptSeconds < limit]).toEqual([name, true]);
    }
    for (const { name, inputs, options } of ofType(resources, stepType)) {
      const own = [
        ...String(inputs.script).matchAll(/sudo -n timeout --kill-after=\d+ (\d+)/g),
      ].reduce((sum, [, limit]) => sum + Number(limit), 0);
      expect([name, inputs.timeoutSeconds]).toEqual([name, own]);
      const { create, update } = options.customTimeouts ?? {};
      expect([name, own + 200 < seconds(create), update]).toEqual([name, true, create]);
    }
  });

  it("gives secrets to the registry's step by standard input alone, and keeps that a secret", () => {
    const { inputs, options } = named(resources, "repository-registry-running");
    const secrets = [
      "PASSWORD-repository-registry-push-password",
      "PRIVATE-repository-registry-certificate",
    ];
    for (const secret of secrets) {
      expect(String(inputs.script)).not.toContain(secret);
      expect(String(inputs.script)).not.toContain(Buffer.from(secret).toString("base64"));
    }
    expect(String(inputs.input).length).toBeGreaterThan(0);
    expect(options.additionalSecretOutputs).toContain("input");
  });

  it("permits its authority the site's names and network, and has every host trust it and the former one", () => {
    const authority = named(resources, "authority-root");
    expect(authority.inputs).toMatchObject({
      permittedDomains: ["hive.example"],
      permittedNetworks: ["172.29.16.0/24"],
      version: 1,
    });
    const { inputs } = named(resources, "repository-registry-certificate");
    for (const name of inputs.dnsNames as string[]) expect(name).toMatch(/\.hive\.example$/);
    for (const address of inputs.ipAddresses as string[]) expect(address).toMatch(/^172\.29\.16\./);
    const hash = shortHash("CERTIFICATE-authority-root\nFORMER-authority-root\n");
    for (const host of ["hive0", "hive1", "hive2", "hive3"]) {
      expect(named(resources, `setup-${host}-engine`).inputs.authorityHash).toBe(hash);
    }
  });

  it("makes new keys for another version, whose authority all hosts trust before the registry has its certificate", async () => {
    const waitsFor = (all: readonly Recorded[]): string[] =>
      [named(all, "repository-registry-running").options.dependsOn]
        .flat()
        .map((resource) => (resource as { __name?: string }).__name ?? "")
        .filter((name) => name !== "");
    const passwords = ["repository-registry-push-password", "repository-registry-pull-password"];
    // As in older states: passwords without keepers, and a registry that waits for its own host.
    for (const name of passwords)
      expect(named(resources, name).inputs).not.toHaveProperty("keepers");
    expect(waitsFor(resources)).toEqual(["setup-hive3-engine"]);

    const second = await declare({ "hive:keyVersion": "2" });
    expect(named(second, "authority-root").inputs.version).toBe(2);
    expect(named(second, "repository-registry-certificate").inputs.version).toBe(2);
    for (const name of passwords)
      expect(named(second, name).inputs.keepers).toEqual({ version: "2" });
    expect(new Set(waitsFor(second))).toEqual(
      new Set(["hive0", "hive1", "hive2", "hive3"].map((host) => `setup-${host}-engine`)),
    );
  });

  it("renews for an update exactly what has packages, and else declares nothing otherwise", async () => {
    const updated = "2026-12-24T08:00:00Z";
    const after = await declare({ "hive:updated": updated });
    const text = (one: Recorded): string => JSON.stringify(one.inputs);
    const changed = after.filter((one) => text(one) !== text(named(resources, one.name, one.type)));
    const builds = ofType(after, "pulumi-nodejs:dynamic/hive:ImageBuild").map(({ name }) => name);
    const servers = ofType(after, "docker:index/container:Container").map(({ name }) => name);
    expect(builds).toEqual(
      expect.arrayContaining(["repository-registry-image", "image-gate-build"]),
    );
    expect(new Set(changed.map(({ name }) => name))).toEqual(
      new Set(["repository-registry-base-image", "fleet-image", ...builds, ...servers]),
    );
    for (const name of ["repository-registry-base-image", ...builds]) {
      expect(named(after, name).inputs.updated).toBe(updated);
      expect(named(resources, name).inputs).not.toHaveProperty("updated");
    }
    // The steps that set servers up are the same: containers have the packages of their image.
    expect(named(after, "fleet-image").inputs).toMatchObject({
      build: { noCache: true, labels: { "hive.updated": updated } },
    });
    expect(named(resources, "fleet-image").inputs.build).not.toHaveProperty("noCache");
    expect(named(after, "fleet-image").inputs.name).not.toBe(
      named(resources, "fleet-image").inputs.name,
    );
  });

  it("restarts engines one cluster host after the other, and does not wait for the repository server", () => {
    const waitsFor = (host: string): string[] =>
      (
        [named(resources, `setup-${host}-engine`).options.dependsOn].flat() as { __name?: string }[]
      ).map((resource) => resource.__name ?? "");
    expect(waitsFor("hive1")).toContain("setup-hive0-engine");
    expect(waitsFor("hive2")).toContain("setup-hive1-engine");
    expect(waitsFor("hive3")).toEqual(["setup-hive3-base"]);
  });

  it("makes all three cluster hosts members of the Swarm, and the repository server none", () => {
    const { inputs } = named(resources, "swarm-membership");
    expect(
      (inputs.members as { advertiseAddress: string }[]).map((member) => member.advertiseAddress),
    ).toEqual(["172.29.16.4", "172.29.16.5", "172.29.16.6"]);
    expect(inputs.heartbeatSeconds).toBe(2);
  });

  it("looks for what is outside of the site, and gives services what it found", async () => {
    const external = defineSite({
      name: "hive.example",
      networks: { edge: { external: "traefik_public" } },
      volumes: { media: { external: true } },
      secrets: { token: { external: true } },
      services: {
        web: {
          image: `docker.io/library/nginx@sha256:${"0".repeat(64)}`,
          networks: ["edge"],
          volumes: [{ source: "media", target: "/media" }],
          secrets: ["token"],
          placement: { constraints: ["node.hostname == p-hive1.hive.example"] },
        },
      },
    });
    const declared = await declare({}, { site: external });
    const found = ofType(declared, "pulumi-nodejs:dynamic/hive:ExternalObject");
    expect(found.map(({ name, inputs }) => [name, inputs.kind, inputs.name])).toEqual([
      ["external-network-edge", "network", "traefik_public"],
      ["external-volume-media", "volume", "media"],
      ["files-external-secret-token", "secret", "token"],
    ]);
    expect((found[1]?.inputs.hosts as { name: string }[]).map(({ name }) => name)).toEqual([
      "p-hive1.hive.example",
    ]);
    for (const kind of ["SwarmNetwork", "Volume", "SwarmSecret"])
      expect(ofType(declared, `pulumi-nodejs:dynamic/hive:${kind}`)).toEqual([]);
    const { inputs } = named(declared, "service-web-service");
    expect(inputs.networks).toHaveLength(1);
    expect(inputs.mounts).toMatchObject([{ kind: "volume", target: "/media", noCopy: false }]);
    expect(inputs.secrets).toMatchObject([{ target: "token" }]);
  });

  it("gives the nodes of the Swarm the stage's labels, and hive's own", async () => {
    const labelled = await declare({
      "hive:labels": '{"cluster":{"rack":1},"hive1":{"disk":"ssd"}}',
    });
    const { inputs } = named(labelled, "swarm-membership");
    expect((inputs.members as { labels: object }[]).map(({ labels }) => labels)).toEqual([
      { rack: "1", "hive.zone": "zone-a" },
      { disk: "ssd", rack: "1", "hive.zone": "zone-b" },
      { rack: "1", "hive.zone": "zone-c" },
    ]);
  });

  it("builds with the account that may push and pulls with the one that may not", () => {
    const build = named(resources, "image-portal-build").inputs;
    const pull = named(resources, "image-portal-on-hosts").inputs;
    expect(build.registryAuth).toMatchObject({
      username: "push",
      password: "PASSWORD-repository-registry-push-password",
    });
    expect(pull.registryAuth).toMatchObject({
      username: "pull",
      password: "PASSWORD-repository-registry-pull-password",
    });
    expect((pull.hosts as { name: string }[]).map(({ name }) => name)).toEqual([
      "p-hive0.hive.example",
      "p-hive1.hive.example",
      "p-hive2.hive.example",
    ]);
  });

  it("hands a service to its resource as the site's transform returned it", async () => {
    const serviceOf = (all: readonly Recorded[]) => named(all, "service-portal-service").inputs;
    const transformed = await declare(
      {},
      {
        site: {
          ...exampleSite,
          transform: {
            service: (service, { name }) => ({
              ...service,
              containerLabels: { ...service.containerLabels, owner: name },
              stopGracePeriod: "21s",
            }),
          },
        },
      },
    );
    expect(serviceOf(transformed)).toEqual({
      ...serviceOf(resources),
      containerLabels: { owner: "portal" },
      stopGracePeriodSeconds: 21,
    });
  });

  it("deploys the service by the digest that was pulled onto the hosts", () => {
    const { inputs } = named(resources, "service-portal-service");
    expect(inputs.image).toMatch(/@sha256:a{64}$/);
    expect(inputs.managers).toHaveLength(3);
  });

  it("does again on a replaced server what was done on the old one", () => {
    const hostOf = (name: string): string => /hive[0-3]/.exec(name)?.[0] ?? "hive3";
    for (const { name, inputs } of [
      ...ofType(resources, contactType),
      ...ofType(resources, stepType),
    ])
      expect([name, inputs.incarnation]).toEqual([name, `fleet-${hostOf(name)}-id`]);
  });

  it("labels what it creates on this computer, so that leftovers can be told from other people's things", () => {
    const own = [
      "docker:index/network:Network",
      "docker:index/volume:Volume",
      "docker:index/container:Container",
    ];
    for (const resource of resources.filter(({ type }) => own.includes(type))) {
      expect(resource.inputs.labels).toEqual(
        expect.arrayContaining([
          { label: "hive.site", value: "hive.example" },
          { label: "hive.stage", value: "private" },
        ]),
      );
    }
  });
});

describe("in a preview, when nothing is known that a provider computes", () => {
  it("declares the same resources", async () => {
    const names = (list: readonly Recorded[]): string[] =>
      list.map(({ type, name }) => `${type}::${name}`).sort();
    const [preview, run] = [await declare({}, { preview: true }), await declare()];
    expect(names(preview)).toEqual(names(run));
  });
});

describe("a run that stops after a phase", () => {
  it("declares that phase and those before, and nothing of later ones", async () => {
    const resources = await declare({ "hive:throughPhase": "setup-hosts" });
    expect(
      resources.filter(({ type }) => type.startsWith("hive:phase:")).map(({ name }) => name),
    ).toEqual(["build-infra", "setup-hosts"]);
    expect(resources.some(({ name }) => name.startsWith("image-portal"))).toBe(false);
    expect(resources.some(({ name }) => name === "swarm-membership")).toBe(true);
  });
});

describe("servers that are reached through ports of this computer", () => {
  it("publishes SSH and the site's ports on the loopback address, and dials those", async () => {
    const resources = await declare({ "hive:container": JSON.stringify({ access: "loopback" }) });
    const { inputs } = named(resources, "fleet-hive1", "docker:index/container:Container");
    expect(inputs.ports).toEqual([
      { internal: 22, external: 21022, ip: "127.0.0.1", protocol: "tcp" },
      { internal: 80, external: 21080, ip: "127.0.0.1", protocol: "tcp" },
      { internal: 443, external: 21443, ip: "127.0.0.1", protocol: "tcp" },
    ]);
    expect(named(resources, "fleet-hive1-first-contact").inputs.host).toMatchObject({
      address: "127.0.0.1",
      port: 21022,
    });
  });
});

describe("a site that uses all of the service model", () => {
  const site = defineSite({
    name: "hive.example",
    images: { app: { context: "site/images/portal", buildSecrets: ["npm-token"] } },
    networks: { back: {} },
    volumes: { data: { replicated: { size: "1GiB" } }, cache: { local: {} } },
    secrets: {
      "db-password": { generate: {} },
      "npm-token": { generate: {} },
      smtp: { fromStage: true },
    },
    configs: { settings: { content: "colour = blue" } },
    services: {
      // Alphabetical order is not the order of deployment.
      app: { image: { build: "app" }, dependsOn: ["db"], networks: ["back"], secrets: ["smtp"] },
      db: {
        image: `docker.io/library/postgres@sha256:${"d".repeat(64)}`,
        networks: [{ name: "back", aliases: ["sql"] }],
        volumes: [
          { source: "data", target: "/data" },
          { source: "cache", target: "/cache" },
        ],
        secrets: ["db-password"],
        configs: [{ config: "settings", target: "/etc/settings" }],
        initialize: [{ name: "schema", command: ["load"], secrets: ["db-password"] }],
      },
    },
  });
  const config = { "hive:secrets": JSON.stringify({ smtp: "STAGE-smtp" }) };
  let resources: readonly Recorded[];
  beforeAll(async () => {
    resources = await declare(config, { site });
  });

  const waitsFor = (name: string): string[] =>
    ([named(resources, name).options.dependsOn ?? []].flat() as { __name?: string }[]).map(
      (resource) => resource.__name ?? "",
    );

  it("starts a service after those that it depends on have loaded their initial data", () => {
    expect(waitsFor("service-app")).toContain("initialization-db-steps");
    expect(waitsFor("initialization-db-steps")).toContain("service-db-service");
    expect(waitsFor("service-db")).toEqual(
      expect.arrayContaining(["volume-data-on-hosts", "volume-cache-on-hosts"]),
    );
  });

  it("gives a service its networks, volumes, secrets and configs as the Swarm knows them", () => {
    const { inputs } = named(resources, "service-db-service");
    expect(inputs.networks).toEqual([{ id: "NETWORK-network-back-network", aliases: ["sql"] }]);
    expect(inputs.secrets).toEqual([
      expect.objectContaining({ id: "SECRET-files-secret-db-password", target: "db-password" }),
    ]);
    expect(inputs.configs).toEqual([
      expect.objectContaining({ id: "CONFIG-files-config-settings", target: "/etc/settings" }),
    ]);
    expect(inputs.mounts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ source: "data", driver: "hive-shared", noCopy: true }),
        expect.objectContaining({ source: "cache", driver: "local", noCopy: false }),
      ]),
    );
  });

  it("takes the operator's own values from the stage, and brings none into the Swarm that no service reads", () => {
    expect(named(resources, "files-secret-smtp").inputs.value).toBe("STAGE-smtp");
    expect(named(resources, "files-secret-db-password").inputs.value).toBe(
      "PASSWORD-secrets-value-db-password",
    );
    expect(resources.map(({ name }) => name)).not.toContain("files-secret-npm-token");
    expect(named(resources, "image-app-build").inputs.buildSecrets).toEqual({
      "npm-token": "PASSWORD-secrets-value-npm-token",
    });
  });

  it("gives the account of its registry to services whose image comes from there, and to no others", () => {
    expect(named(resources, "service-app-service").inputs.registryAuth).toMatchObject({
      username: "pull",
    });
    expect(named(resources, "service-db-service").inputs.registryAuth).toBeUndefined();
  });

  it("has an image that others built on every cluster host too, before its service starts", () => {
    const { inputs } = named(
      resources,
      "reference-docker-io-library-postgres-on-hosts",
      "pulumi-nodejs:dynamic/hive:ImagePull",
    );
    expect(inputs.hosts).toHaveLength(3);
    expect(named(resources, "service-db-service").inputs.image).toBe(inputs.reference);
  });

  it("declares the same resources in a preview", async () => {
    const names = (list: readonly Recorded[]): string[] =>
      list.map(({ type, name }) => `${type}::${name}`).sort();
    expect(names(await declare(config, { site, preview: true }))).toEqual(names(resources));
  });

  it("stops before the initial data when the run does, and dependents then wait for the service itself", async () => {
    const stopped = await declare({ ...config, "hive:throughPhase": "deploy-services" }, { site });
    expect(stopped.map(({ name }) => name)).not.toContain("initialization-db-steps");
    const { options } = named(stopped, "service-app");
    expect(
      ([options.dependsOn ?? []].flat() as { __name?: string }[]).map((each) => each.__name),
    ).toContain("service-db-service");
  });
});

describe("a site with routes", () => {
  const image = `docker.io/library/nginx@sha256:${"0".repeat(64)}`;
  const declared = (): Promise<readonly Recorded[]> =>
    declare(
      {},
      {
        site: defineSite({
          name: "hive.example",
          services: { web: { image, routes: [{ port: 8080, path: "/app/" }] } },
        }),
      },
    );

  it("has a gate, whose configuration is on every cluster host before the engine's step, and on no other", async () => {
    const resources = await declared();
    const withGate = ofType(resources, stepType)
      .filter(({ inputs }) => String(inputs.script).includes("hive: gate"))
      .map(({ name }) => name);
    expect(withGate.sort()).toEqual(
      ["hive0", "hive1", "hive2"].map((host) => `setup-${host}-base`),
    );
    const namesOf = ({ options }: Recorded) =>
      ([options.dependsOn ?? []].flat() as { __name?: string }[]).map(({ __name }) => __name);
    expect(namesOf(named(resources, "setup-hive0-engine"))).toContain("setup-hive0-base");
    expect(namesOf(named(resources, "service-gate", "hive:index:SwarmService"))).toContain(
      "swarm-membership",
    );
    expect(named(resources, "image-gate-build").inputs.contextFolder).toBe("platform/images/gate");
  });

  it("is the only one with a gate", async () => {
    const without = await declare(
      {},
      { site: defineSite({ name: "hive.example", services: { web: { image } } }) },
    );
    expect(without.map(({ name }) => name).filter((name) => /(^|-)gate(-|$)/.test(name))).toEqual(
      [],
    );
    const scripts = ofType(without, stepType).map(({ inputs }) => String(inputs.script));
    expect(scripts.filter((script) => script.includes("hive: gate"))).toEqual([]);
  });
});

describe("servers that exist", () => {
  const waitedFor = async (serverImage: string): Promise<readonly (readonly string[])[]> => {
    const labels = {
      "hive.site": "hive.example",
      "hive.stage": "private",
      "hive.server-image": "old",
    };
    const containers = [0, 1, 2, 3].map((index) => ({
      name: `p-hive${index}.hive.example`,
      id: String(index),
      running: true,
      labels,
    }));
    const resources = await declare({}, { engine: { ...facts, serverImage, containers } });
    return await Promise.all(
      [0, 1, 2, 3].map(async (index) => {
        const { options } = named(
          resources,
          `fleet-hive${index}`,
          "docker:index/container:Container",
        );
        const found = await new Promise<readonly { __name: string }[]>((resolve) => {
          pulumi.output(options.dependsOn).apply((list) => resolve(list as never));
        });
        return [found].flat().map(({ __name: name }) => name);
      }),
    );
  };

  it("made from another image are replaced one at a time, each after the one before is set up", async () => {
    expect(await waitedFor("new")).toEqual([
      [],
      ["fleet-hive0-first-contact", "setup-hive0-engine"],
      ["fleet-hive1-first-contact", "setup-hive1-engine"],
      ["fleet-hive2-first-contact", "setup-hive2-engine"],
    ]);
  });

  it("made from this image wait for nobody", async () => {
    expect(await waitedFor("old")).toEqual([[], [], [], []]);
  });
});

describe("what the last complete run has built", () => {
  /** The snapshots that a run registered as outputs. */
  const snapshotsOf = async (options: Parameters<typeof declare>[1]): Promise<unknown[]> => {
    const prototype = pulumi.ComponentResource.prototype as unknown as {
      registerOutputs(outputs?: Record<string, unknown>): void;
    };
    const register = jest.spyOn(prototype, "registerOutputs");
    try {
      const resources = await declare({}, options);
      expect(named(resources, "complete-run").inputs).toEqual({});
      return register.mock.calls.flatMap(([outputs]) => outputs?.["snapshot"] ?? []);
    } finally {
      register.mockRestore();
    }
  };

  it("is kept when everything is done, without values", async () => {
    const [snapshot, ...more] = await snapshotsOf({});
    expect(more).toEqual([]);
    expect(readSnapshot(snapshot)?.services.map(({ name }) => name)).toContain("gate");
    expect(JSON.stringify(snapshot)).not.toMatch(/STAGE-smtp|PASSWORD-|PRIVATE-/);
  });

  it("stays as it was in a preview and in a run with targets", async () => {
    expect(await snapshotsOf({ preview: true })).toEqual([]);
    expect(await snapshotsOf({ partial: true })).toEqual([]);
  });
});

describe("what the engine prints of the inputs", () => {
  test("no script and no way to a host, but what the steps mean", async () => {
    const all = await declare();
    // The keys of hosts are shown once, where they are pinned; initial data has the site's steps.
    const shownInFull = /:(FirstContact|SwarmCluster|ServiceInitialization)$/;
    const texts = all
      .filter(({ type }) => /dynamic\/hive:/.test(type) && !shownInFull.test(type))
      .map(({ shown }) => JSON.stringify({ ...shown, __provider: "" }));
    expect(texts.filter((text) => /hostKey|base64 -d|set -euo pipefail/.test(text))).toEqual([]);
    const steps = Object.fromEntries(all.map(({ name, shown }) => [name, shown]));
    expect(steps["setup-hive0-base"]).toMatchObject({
      openPorts: "80/tcp, 443/tcp",
      operators: expect.stringContaining("SHA256:") as string,
      script: "[secret]",
      host: "[secret]",
    });
    expect(steps["setup-hive0-engine"]).toMatchObject({
      registry: "registry.hive.example:5000",
      authorityHash: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
    });
  });
});
