import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import type { ServerContainer, Service, Site, Transform } from "../../../../model/inventory";
import { stageValues } from "../../../../model/stage-values";
import { defineSite } from "../../../../model/site";
import { planWith, smallSite } from "../plans";
import { faultsOf, image, type LooseSite, problemsOf, textOf } from "../problems-of";
import { sites, stageSecretsOf } from "../sites";

const services: Readonly<Record<string, Service>> = {
  web: { image, labels: { tier: "front" }, mode: { replicas: 2 } },
  db: { image, mode: { replicas: 1 } },
};

const siteWith = (transform: Transform): Site => ({ name: "hive.example", services, transform });

const loose = (transform: unknown): LooseSite => ({ services, transform });

describe("transform.service", () => {
  test("changes every service of the plan, which has its defaults afterwards", () => {
    const plan = planWith({
      site: siteWith({
        service: (service, { stage, name }) => ({
          ...service,
          labels: { ...service.labels, owner: `${name}@${stage}` },
          logging: { driver: "journald", options: { tag: name } },
        }),
      }),
    });
    expect(plan.services.map(({ name, labels, logging }) => ({ name, labels, logging }))).toEqual([
      {
        name: "db",
        labels: { owner: "db@private" },
        logging: { driver: "journald", options: { tag: "db" } },
      },
      {
        name: "web",
        labels: { owner: "web@private", tier: "front" },
        logging: { driver: "journald", options: { tag: "web" } },
      },
    ]);
    expect(plan.services[0]?.stopGracePeriodSeconds).toBe(
      planWith().services[0]?.stopGracePeriodSeconds,
    );
  });

  test("sees the values of the stage filled in, and is asked for services of the stage alone", () => {
    const seen: unknown[] = [];
    const values = stageValues({
      replicas: { type: "number", description: "Tasks of web.", default: 2 },
    });
    planWith({
      site: defineSite({
        name: "hive.example",
        values,
        services: {
          web: { image, mode: { replicas: values.replicas } },
          later: { image, availableOn: ["production"] },
        },
        transform: {
          service: (service, context) => {
            seen.push([context, service.mode]);
            return service;
          },
        },
      }),
    });
    expect(seen).toEqual([[{ stage: "private", name: "web" }, { replicas: 2 }]]);
  });

  test.each(["service", "server"] as const)(
    "may use values of the stage in what it returns: %s",
    (kind) => {
      const values = stageValues({
        owner: { type: "string", description: "Who owns it.", default: "anna" },
        size: { type: "number", description: "Tasks.", default: 2 },
      });
      const labelled = <Thing extends { readonly labels?: Readonly<Record<string, string>> }>(
        thing: Thing,
      ): Thing => ({
        ...thing,
        labels: { ...thing.labels, owner: values.owner, text: `of ${values.owner}` },
      });
      const plan = planWith({
        site: defineSite({
          name: "hive.example",
          values,
          services: { web: { image } },
          transform:
            kind === "server"
              ? { server: labelled }
              : {
                  service: (service) => ({
                    ...labelled(service),
                    mode: { replicas: values.size as unknown as number },
                  }),
                },
        }),
      });
      const found =
        kind === "server" ? plan.serverContainers?.["hive0"]?.labels : plan.services[0]?.labels;
      expect(found).toMatchObject({ owner: "anna", text: "of anna" });
      if (kind === "service") expect(plan.services[0]?.mode).toMatchObject({ replicas: 2 });
    },
  );

  test.each<[string, (service: Service) => unknown, RegExp]>([
    [
      "a promise that fails",
      async () => {
        await Promise.resolve();
        throw new Error("later");
      },
      /returned a promise or an Output/,
    ],
    [
      "an Output inside",
      (service) => ({ ...service, labels: { a: pulumi.output("x") } }),
      /transform\.service\("db"\)\.labels\.a[^]*is a promise or an Output/,
    ],
    [
      "a promise inside",
      (service) => ({ ...service, labels: { a: Promise.resolve("x") } }),
      /labels\.a[^]*is a promise or an Output/,
    ],
    ["a bigint", (service) => ({ ...service, replicas: 2n }), /replicas[^]*is a bigint/],
    [
      "itself",
      (service) => {
        const labels: Record<string, unknown> = {};
        labels["self"] = labels;
        return { ...service, labels };
      },
      /labels\.self[^]*is a part of itself/,
    ],
  ])("is refused if it returns %s", async (_, service, words) => {
    expect(textOf(loose({ service }))).toMatch(words);
    // A rejection that nobody handles would end the process after this.
    await new Promise((resolve) => setImmediate(resolve));
  });

  test("gets a copy: what it changes of that is what it returns", () => {
    const change = (service: Service): Service => {
      (service as { labels?: Record<string, string> }).labels = { owner: "me" };
      return service;
    };
    const site = siteWith({ service: change });
    expect(planWith({ site }).services[1]?.labels).toEqual({ owner: "me" });
    expect(services["web"]?.labels).toEqual({ tier: "front" });
  });

  test.each<[string, unknown, string]>([
    ["nothing", () => undefined, "the function returned nothing"],
    ["no map", () => 5, "the function returned no service"],
    [
      "a promise",
      (service: Service) => Promise.resolve(service),
      "returned a promise or an Output",
    ],
    ["an Output", (service: Service) => pulumi.output(service), "returned a promise or an Output"],
  ])("is refused if it returns %s", (_, service, words) => {
    const text = textOf(loose({ service }));
    expect(text).toContain('site/site.ts: transform.service("web")');
    expect(text).toContain(words);
    expect(text).toContain("return the service, also where nothing of it changes");
  });

  test("is checked like what is written: types, unknown keys, and how the parts fit together", () => {
    expect(
      problemsOf(
        loose({
          service: (service: Service, { name }: { name: string }) =>
            name === "db"
              ? { ...service, replica: 2 }
              : { ...service, stopGracePeriod: 10, labels: { password: 5 } },
        }),
      ),
    ).toEqual([
      'site/site.ts: transform.service("db").replica | did you mean `mode.replicas`? If not, remove it',
      expect.stringMatching(/^site\/site\.ts: transform\.service\("web"\)\.labels\.password \| /),
      'site/site.ts: transform.service("web").stopGracePeriod | write a number and a unit (ms, s, m, h), e.g. "10s"',
    ]);
    expect(
      faultsOf(loose({ service: (service: Service) => ({ ...service, networks: ["nowhere"] }) })),
    ).toEqual(
      ["db", "web"].map(
        (name) =>
          `site/services/${name}.ts: services.${name}.networks[0]: the site has no network of this name (as transform.service of the site returned it)`,
      ),
    );
  });

  test("may not say which stages run the service", () => {
    expect(
      problemsOf(loose({ service: (service: Service) => ({ ...service, availableOn: [] }) })).at(
        -1,
      ),
    ).toContain('transform.service("web").availableOn | ');
    expect(
      faultsOf(
        loose({ service: (service: Service) => ({ ...service, availableOn: ["production"] }) }),
      )[0],
    ).toBe(
      'site/site.ts: transform.service("db").availableOn: decides which stages run the service, and the transform is asked about those that run it',
    );
  });

  test("that throws is told with the service, and with what it said", () => {
    const transform = {
      service: ({ labels }: Service) => ({
        image,
        labels: { tier: labels?.["tier"]?.trim() ?? labels!["x"]! },
      }),
    };
    const text = textOf(loose(transform));
    expect(text).toMatch(
      /site\/site\.ts: transform\.service\("db"\)\n {2}problem: the function threw TypeError: Cannot read/,
    );
    expect(text).toContain("correct transform.service; hive calls it for every service");
  });

  test("is not asked while something that comes before is wrong", () => {
    const service = jest.fn((each: Service) => each);
    expect(problemsOf(loose({ service }), { config: { "hive:cidr": "no" } })).toHaveLength(1);
    expect(service).not.toHaveBeenCalled();
  });
});

describe("transform.server", () => {
  test("changes the plan of servers that are containers, by name and role", () => {
    const plan = planWith({
      site: siteWith({
        server: (server, { name, role }) =>
          role === "repository"
            ? server
            : { ...server, memory: "2GiB", environment: { SERVER: name } },
      }),
    });
    expect(Object.keys(plan.serverContainers ?? {})).toEqual(["hive0", "hive1", "hive2"]);
    expect(plan.serverContainers?.["hive0"]).toMatchObject({
      memoryBytes: 2 * 2 ** 30,
      environment: { SERVER: "hive0" },
      tmpfs: { "/run": "rw,exec,mode=755", "/tmp": "rw,exec,mode=1777" },
    });
  });

  test.each<[string, (server: Record<string, object>) => unknown, string]>([
    [
      "another label of hive",
      (server) => ({ ...server, labels: { ...server["labels"], "hive.site": "other" } }),
      "labels.hive.site | keep the labels",
    ],
    [
      "no labels of hive",
      (server) => ({ ...server, labels: {} }),
      "labels.hive.site | keep the labels",
    ],
    [
      "a label that is hive's",
      (server) => ({ ...server, labels: { ...server["labels"], "hive.new": "x" } }),
      "labels.hive.new | choose another name",
    ],
    ["no /run", (server) => ({ ...server, tmpfs: {} }), "tmpfs | add to what is there"],
    [
      "a key that there is not",
      (server) => ({ ...server, memroy: "1GiB" }),
      "memroy | did you mean `memory`? If not, remove it",
    ],
    [
      "too little memory",
      (server) => ({ ...server, memory: "100MiB" }),
      'memory | write at least "512MiB"',
    ],
    [
      "a mount where hive has its own",
      (server) => ({ ...server, mounts: [{ source: "/srv", target: "/var/lib/docker" }] }),
      "mounts[0].target | ",
    ],
    [
      "a mount above where hive has its own",
      (server) => ({ ...server, mounts: [{ source: "/srv", target: "/var/lib/" }] }),
      "mounts[0].target | ",
    ],
    [
      "a tmpfs where hive has its own",
      (server) => ({ ...server, tmpfs: { ...server["tmpfs"], "/var/lib/docker/": "rw" } }),
      "tmpfs./var/lib/docker/ | ",
    ],
    [
      "a mount and a tmpfs at one path",
      (server) => ({
        ...server,
        tmpfs: { ...server["tmpfs"], "/srv": "rw" },
        mounts: [{ source: "/a", target: "/srv/" }],
      }),
      "mounts[0].target | ",
    ],
    [
      "two mounts at one path",
      (server) => ({
        ...server,
        mounts: ["/a", "/b"].map((source) => ({ source, target: "/srv" })),
      }),
      "mounts | give each mount a target of its own",
    ],
    [
      "permissions that there are not",
      (server) => ({ ...server, devices: [{ source: "/dev/fuse", permissions: "rx" }] }),
      "devices[0].permissions | write some of r, w and m",
    ],
  ])("is refused with %s", (_, server, problem) => {
    expect(problemsOf(loose({ server }))[0]).toContain(
      `site/site.ts: transform.server("hive0").${problem}`,
    );
  });

  test("that writes down what hive does anyway changes no server", () => {
    const server = (each: ServerContainer): ServerContainer => ({
      ...each,
      labels: Object.fromEntries(Object.entries(each.labels).reverse()),
      devices: [],
    });
    expect(planWith({ site: siteWith({ server }) }).serverContainers).toBeUndefined();
  });

  test("is not asked on another fleet", () => {
    const server = jest.fn((each: ServerContainer) => each);
    const raw = {
      "hive:fleet": "aws",
      "hive:cidr": "10.0.0.0/24",
    };
    planWith({ stage: "production", raw, site: siteWith({ server }) });
    expect(server).not.toHaveBeenCalled();
  });
});

test.each([[5], [{ service: "x" }], [{ services: () => 1 }]])(
  "a transform that is none is refused: %j",
  (transform) => {
    expect(problemsOf(loose(transform))[0]).toMatch(/^site\/site\.ts: transform/);
  },
);

test("a transform that changes nothing makes an equal plan, and so does none", () => {
  fc.assert(
    fc.property(sites, (site) => {
      const raw = { "hive:secrets": JSON.stringify(stageSecretsOf(site)) };
      const before = planWith({ raw, site });
      const same: Transform = { service: (service) => service, server: (server) => server };
      const copied: Transform = {
        service: (service) => structuredClone(service),
        server: (server) => ({ ...server }),
      };
      for (const transform of [{}, same, copied])
        expect(planWith({ raw, site: { ...site, transform } })).toEqual(before);
    }),
    { numRuns: 30 },
  );
});

test("the small site has no transform", () => {
  expect(planWith({ site: smallSite }).serverContainers).toBeUndefined();
});
