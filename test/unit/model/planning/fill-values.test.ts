import fc from "fast-check";
import { planStack } from "../../../../model/plan-site";
import type { Plan } from "../../../../model/plan";
import { defineService } from "../../../../model/service";
import { defineSite, type Site, stageValues } from "../../../../model/site";
import { parseStageYaml } from "../../../../model/stage/yaml";
import { InventoryError } from "../../../../model/problem/problems";
import { rawStage } from "../plans";
import { faultsOf, image, problemsOf } from "../problems-of";
import { sites, stageSecretsOf } from "../sites";

const values = stageValues({
  replicas: { type: "number", default: 2, description: "tasks of web" },
  domain: { type: "string", default: "www.hive.example", description: "where users come in" },
  internal: { type: "boolean", default: false, description: "whether the net has no way out" },
  origins: { type: "list", default: ["a", "b"], description: "who may ask" },
});

const web = defineService({
  image,
  mode: { replicas: values.replicas },
  networks: ["back"],
  command: values.origins,
  environment: {
    URL: `https://${values.domain}/?of=${values.replicas}`,
    ORIGINS: `${values.origins}`,
    PLAIN: values.domain,
  },
  labels: { [`route.${values.domain}`]: "yes" },
  containerLabels: { same: "text" },
});
const site = defineSite({
  name: "hive.example",
  values,
  networks: { back: { internal: values.internal } },
  services: { web },
});

function planned(given: unknown, of: Site = site): Plan {
  return planStack({
    stackName: "private",
    config: { ...rawStage, "hive:values": JSON.stringify(given) },
    site: of,
  });
}

const stage = (given: unknown): { config: Record<string, string> } => ({
  config: { "hive:values": JSON.stringify(given) },
});

describe("values of a stage", () => {
  test("stand in attributes, texts and keys: the default where the stage gives none", () => {
    const [service] = planned({}).services;
    expect(service).toMatchObject({
      mode: { kind: "replicated", replicas: 2 },
      command: ["a", "b"],
      environment: {
        URL: "https://www.hive.example/?of=2",
        ORIGINS: "a,b",
        PLAIN: "www.hive.example",
      },
      labels: { "route.www.hive.example": "yes" },
      containerLabels: { same: "text" },
    });
  });

  test("are what the stage gives", () => {
    const given = { replicas: 3, domain: "s.hive.example", internal: true, origins: ["c"] };
    const plan = planned(given);
    expect(plan.services[0]).toMatchObject({
      mode: { replicas: 3 },
      command: ["c"],
      environment: { URL: "https://s.hive.example/?of=3", ORIGINS: "c", PLAIN: "s.hive.example" },
      labels: { "route.s.hive.example": "yes" },
    });
    expect(plan.overlays[0]?.internal).toBe(true);
    expect(plan.values.map(({ name, content, source }) => [name, content, source])).toEqual([
      ["domain", "s.hive.example", "stage"],
      ["internal", true, "stage"],
      ["origins", ["c"], "stage"],
      ["replicas", 3, "stage"],
    ]);
  });

  test("an empty text and a zero are given ones", () => {
    const plan = planned({ replicas: 0, domain: "" });
    expect(plan.services[0]?.mode).toEqual({ kind: "replicated", replicas: 0 });
    expect(plan.services[0]?.environment["PLAIN"]).toBe("");
  });

  test("leave the site as it is", () => {
    planned({ replicas: 3 });
    expect((web.mode as { replicas: unknown }).replicas).toBe(values.replicas);
    expect(planned({}).services[0]?.mode).toMatchObject({ replicas: 2 });
  });

  test.each<[string, unknown, string]>([
    ["a wrong type", { replicas: "3" }, "replicas | write a number"],
    ["a number for a text", { domain: 1.1 }, 'domain | write it between quotes: domain: "1.1"'],
    ["a list with more than texts", { origins: "a" }, "origins | write a list of texts"],
    ["an unknown name", { replicsa: 3 }, "replicsa | did you mean replicas? If not, remove it"],
    [
      "another unknown name",
      { zone: "a" },
      "zone | remove it, or declare it in site/ with stageValues; the values of the site are domain, internal, origins, replicas",
    ],
    [
      "a map",
      { domain: { a: 1 } },
      "domain | write a text, a number, true or false, or a list of texts",
    ],
  ])("%s is a problem, and no other follows from it", (_, given, problem) => {
    expect(problemsOf({ ...site }, stage(given))).toEqual([
      `Pulumi.private.yaml: hive:values.${problem}`,
    ]);
  });

  test("one without a default has to be given", () => {
    const needed = stageValues({ size: { type: "string", description: "of the data" } });
    const of = defineSite({
      name: "hive.example",
      values: needed,
      volumes: { data: { replicated: { size: needed.size } } },
      services: {
        db: {
          image,
          environment: { SIZE: `${needed.size}` },
          volumes: [{ source: "data", target: "/data" }],
        },
      },
    });
    expect(faultsOf({ ...of })).toEqual([
      "Pulumi.private.yaml: hive:values.size: is missing, and the site has no default for it: of the data",
    ]);
    expect(planned({ size: "2GiB" }, of).volumes[0]?.replication?.sizeBytes).toBe(2 ** 31);
  });

  test("problems of what they are say from which value it comes", () => {
    const given = { replicas: -1, domain: "www.hive.example" };
    expect(faultsOf({ ...site }, stage(given))).toEqual([
      "test/unit/model/planning/fill-values.test.ts: services.web.mode.replicas: must be a whole number from 0 to 1000 (from Pulumi.private.yaml: hive:values.replicas)",
    ]);
    const port = stageValues({ port: { type: "number", default: 22, description: "of web" } });
    const of = defineSite({
      name: "hive.example",
      values: port,
      services: { web: { image, ports: [{ target: 80, published: port.port, mode: "host" }] } },
    });
    expect(faultsOf({ ...of })[0]).toMatch(
      /services\.web\.ports\[0\].* \(from the default of the value port\)$/,
    );
  });

  test("must be given to defineSite", () => {
    expect(problemsOf({ ...site, values: {} })).toContain(
      "site/site.ts: networks.back.internal | pass the result of stageValues to defineSite, as values",
    );
  });

  test("are marks that nobody may change", () => {
    const loud = { image, environment: { URL: `${values.domain}`.toUpperCase() } };
    expect(problemsOf({ ...site, services: { loud } })).toEqual([
      "site/services/loud.ts: services.loud.environment.URL | pass the result of stageValues to defineSite, as values",
    ]);
    const cut = { image, environment: { URL: `${values.domain}`.slice(1) } };
    expect(faultsOf({ ...site, services: { cut } })).toContain(
      "site/services/cut.ts: services.cut.environment.URL: contains a changed stage value: the plan cannot fill it in",
    );
  });

  test("cannot be computed with", () => {
    const loose = values as unknown as Record<string, number>;
    expect(() => (loose["replicas"] ?? 0) * 2).toThrow(
      "the site cannot compute with the stage value replicas",
    );
  });

  test.each<[string, unknown, string]>([
    ["no declaration", { a: "text" }, "values.a: is not declared with stageValues"],
    [
      "an unknown type",
      stageValues({ a: { type: "nubmer" as never, description: "d" } }),
      "values.a.type: must be one of string, number, boolean, list",
    ],
    [
      "a default of another type",
      stageValues({ a: { type: "number", default: "2" as never, description: "d" } }),
      "values.a.default: must be a number",
    ],
    [
      "no description",
      stageValues({ a: { type: "number", default: 2 } as never }),
      "values.a.description: is missing; it takes text",
    ],
    [
      "a name with a blank",
      stageValues({ "a b": { type: "number", default: 2, description: "d" } }),
      "values.a b: is not a name for a value",
    ],
    [
      "a secret",
      stageValues({ a: { type: "string", description: "d", secret: true } as never }),
      "values.a.secret: values are readable for everybody in the plan, in the state and in services",
    ],
  ])("are declared in full: %s", (_, declared, fault) => {
    expect(faultsOf({ values: declared, services: {} })).toEqual([`site/site.ts: ${fault}`]);
  });
});

describe("something encrypted among the values", () => {
  const text = (value: string): string =>
    `config:\n  hive:fleet: container\n  hive:cidr: 172.29.16.0/24\n  hive:values: ${value}\n`;
  const message = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof InventoryError) return error.message;
      throw error;
    }
    return "";
  };

  test.each(["{ secure: v1:abc }", "{ domain: { secure: v1:abc } }"])(
    "is refused in the file: %s",
    (value) => {
      expect(message(() => parseStageYaml("private", text(value)))).toMatch(
        /1 problem found[^]*hive:values\n {2}found: {3}\(encrypted\)[^]*fromStage: true/,
      );
    },
  );

  test("is refused in the program, and not printed", () => {
    const found = message(() =>
      planStack({
        stackName: "private",
        config: { ...rawStage, "hive:values": '{"domain":"correct-horse"}' },
        secretKeys: ["hive:values"],
        site,
      }),
    );
    expect(found).toMatch(/1 problem found[^]*hive:values\n {2}found: {3}\(encrypted\)/);
    expect(found).not.toContain("correct-horse");
  });
});

test("whatever is a value of the stage, the plan is the one of the site that has it written out", () => {
  fc.assert(
    fc.property(sites, fc.array(fc.boolean(), { minLength: 8 }), (written, choices) => {
      const contents: Record<string, string | number> = {};
      let asked = 0;
      const choose = (): boolean => choices[asked++ % choices.length] === true;
      const declared: Record<string, { type: "string" | "number"; description: string }> = {};
      const place = (thing: unknown): unknown => {
        if (typeof thing === "string" || typeof thing === "number") {
          if (choose()) return thing;
          const name = `v${Object.keys(contents).length}`;
          contents[name] = thing;
          declared[name] = { type: typeof thing as "string" | "number", description: "d" };
          const value = stageValues(declared)[name];
          return typeof thing === "string" && choose() ? `${String(value)}` : value;
        }
        if (Array.isArray(thing)) return thing.map(place);
        if (typeof thing !== "object" || thing === null) return thing;
        return Object.fromEntries(Object.entries(thing).map(([key, each]) => [key, place(each)]));
      };
      const config = { ...rawStage, "hive:secrets": JSON.stringify(stageSecretsOf(written)) };
      const { services, ...rest } = written;
      const open = { ...rest, services: place(services) } as Site;
      const all = stageValues(declared);
      const { values: filled, ...plan } = planStack({
        stackName: "private",
        config: { ...config, "hive:values": JSON.stringify(contents) },
        site: { ...sameValues(open, all), values: all },
      });
      const { values: none, ...expected } = planStack({
        stackName: "private",
        config,
        site: written,
      });
      expect(plan).toEqual(expected);
      expect([filled.length, none]).toEqual([Object.keys(contents).length, []]);
    }),
    { numRuns: 60 },
  );
});

/** A site in which each value is the one of the same name that the site declares. */
function sameValues(open: Site, all: Readonly<Record<string, unknown>>): Site {
  const same = (thing: unknown): unknown => {
    if (Array.isArray(thing)) return thing.map(same);
    if (typeof thing !== "object" || thing === null) return thing;
    if ("declaration" in thing && "name" in thing) return all[thing.name as string];
    return Object.fromEntries(Object.entries(thing).map(([key, each]) => [key, same(each)]));
  };
  return same(open) as Site;
}
