import { parseStage } from "../../../../model/stage/check-stage";
import { parseStageYaml } from "../../../../model/stage/yaml";
import { planSite } from "../../../../model/plan-site";
import { planWith, rawStage, smallSite } from "../plans";
import { digest, faultsOf, image, problemsOf, textOf } from "../problems-of";

const secrets = {
  token: { fromStage: true },
  other: { fromStage: true },
  made: { generate: {} },
};
const web = { image, secrets: ["token", "made"] };

function withValues(values: Readonly<Record<string, string>>): {
  config: Readonly<Record<string, string>>;
} {
  return { config: { "hive:secrets": JSON.stringify(values) } };
}

describe("secrets from the stage", () => {
  test("need a value where they are used, and the problem names the command", () => {
    expect(problemsOf({ secrets, services: { web } })).toEqual([
      "Pulumi.private.yaml: hive:secrets.token | set it: npx hive pulumi -- config set --stack private --secret --path 'hive:secrets[\"token\"]'",
    ]);
    expect(problemsOf({ secrets, services: { web } }, withValues({ token: "v" }))).toEqual([]);
  });

  test("are used by builds and steps too", () => {
    const site = {
      secrets,
      images: { app: { buildSecrets: ["token"] } },
      services: {
        web: { image, initialize: [{ name: "a", command: ["a"], secrets: ["other"] }] },
      },
    };
    expect(faultsOf(site)).toEqual([
      "Pulumi.private.yaml: hive:secrets.other: has no value on the stage private, but site/site.ts: secrets.other needs it",
      "Pulumi.private.yaml: hive:secrets.token: has no value on the stage private, but site/site.ts: secrets.token needs it",
    ]);
  });

  test("are not needed by an image that the stage pulls", () => {
    const pull = { on: ["private"], from: `registry.example/app@${digest}` };
    expect(problemsOf({ secrets, images: { app: { buildSecrets: ["token"], pull } } })).toEqual([]);
  });

  test("a value that nobody asks for is a problem", () => {
    const site = { secrets, services: { web } };
    expect(problemsOf(site, withValues({ token: "v", othr: "v", made: "v" }))).toEqual([
      "Pulumi.private.yaml: hive:secrets.made | write made: { fromStage: true } in secrets of site/site.ts, or remove the value: npx hive pulumi -- config rm --stack private --path 'hive:secrets[\"made\"]'",
      "Pulumi.private.yaml: hive:secrets.othr | did you mean other? npx hive pulumi -- config set --stack private --secret --path 'hive:secrets[\"other\"]'; and remove this one: npx hive pulumi -- config rm --stack private --path 'hive:secrets[\"othr\"]'",
    ]);
  });

  test("values are in no problem and in no plan", () => {
    const stage = {
      config: { "hive:secrets": '{"tokn":"correct-horse","x":["correct-horse"]}' },
    };
    expect(textOf({ secrets, services: { web } }, stage)).not.toContain("correct-horse");
    const plan = planWith({
      raw: { "hive:secrets": '{"token":"correct-horse"}' },
      site: {
        ...smallSite,
        secrets: { token: { fromStage: true } },
        services: { web: { image, secrets: ["token"] } },
      },
    });
    expect(JSON.stringify(plan)).not.toContain("correct-horse");
    expect(plan.secrets).toEqual([{ name: "token", source: { kind: "stage" } }]);
    expect(
      JSON.stringify(
        parseStage("private", { ...rawStage, "hive:secrets": '{"token":"correct-horse"}' }),
      ),
    ).not.toContain("correct-horse");
  });

  const head = "config:\n  hive:fleet: container\n  hive:cidr: 172.29.16.0/24\n  hive:secrets:\n";

  test("commands read their names from the file", () => {
    const stage = parseStageYaml("private", `${head}    token:\n      secure: v1:abc:def`);
    expect(stage.config.secrets).toEqual(["token"]);
    const site = { ...smallSite, secrets: { token: { fromStage: true as const } } };
    expect(planSite({ stage, site }).secrets).toEqual([]);
  });

  test("a value in clear is a problem, and is not printed", () => {
    const run = (): unknown => parseStageYaml("private", `${head}    token: correct-horse`);
    expect(run).toThrow(/hive:secrets\.token\n {2}problem: is unencrypted/);
    expect(run).not.toThrow(/correct-horse/);
  });

  test("a map that is encrypted as a whole hides the names", () => {
    expect(() => parseStageYaml("private", `${head}    secure: v1:abc:def`)).toThrow(
      "is encrypted as a whole, so that commands cannot read the names",
    );
  });
});

describe("pins", () => {
  const site = {
    ...smallSite,
    images: {
      webgate: {},
      am: {},
      mail: { pull: { on: ["private" as const], from: `registry.example/mail@${digest}` } },
    },
    services: { gate: { image: { build: "webgate" } }, am: { image: { build: "am" } } },
  };
  const other = `sha256:${"1".repeat(64)}`;
  const pulled = (pins: Readonly<Record<string, string>>): unknown =>
    Object.fromEntries(
      planWith({ site, raw: { "hive:pins": JSON.stringify(pins) } }).images.map((each) => [
        each.name,
        each.pullFrom,
      ]),
    );

  test("make the stage take a digest of its own registry", () => {
    expect(pulled({ webgate: other })).toEqual({
      am: undefined,
      mail: `registry.example/mail@${digest}`,
      webgate: `registry.hive.example:5000/webgate@${other}`,
    });
  });

  test("may name a service that runs the image", () => {
    expect(pulled({ gate: other })).toMatchObject({
      webgate: `registry.hive.example:5000/webgate@${other}`,
    });
  });

  test("keep the secrets of the build, which comes back when the pin goes; a stage that never builds has none", () => {
    const secretsOf = (pin: boolean, stage: "private" | "staging"): unknown => {
      const plan = planWith({
        stage,
        site: {
          ...smallSite,
          secrets: { token: { generate: {} } },
          images: {
            app: {
              buildSecrets: ["token"],
              pull: { on: ["staging"], from: `registry.example/app@${digest}` },
            },
          },
          services: {},
        },
        raw: pin ? { "hive:pins": JSON.stringify({ app: other }) } : {},
      });
      return [plan.secrets.map(({ name }) => name), plan.images[0]?.buildSecrets];
    };
    expect(secretsOf(false, "private")).toEqual([["token"], ["token"]]);
    expect(secretsOf(true, "private")).toEqual([["token"], ["token"]]);
    expect(secretsOf(false, "staging")).toEqual([[], []]);
    expect(secretsOf(true, "staging")).toEqual([[], []]);
  });

  test("win over pulling", () => {
    expect(pulled({ mail: other })).toMatchObject({
      mail: `registry.hive.example:5000/mail@${other}`,
    });
  });

  test("name something, with a digest, in one way", () => {
    const problems = (pins: Readonly<Record<string, string>>): readonly string[] =>
      problemsOf(site, { config: { "hive:pins": JSON.stringify(pins) } });
    expect(problems({ webgat: other })).toEqual([
      "Pulumi.private.yaml: hive:pins.webgat | did you mean webgate? If not, remove it: npx hive unpin webgat --stack private",
    ]);
    expect(problems({ nobody: other })).toEqual([
      "Pulumi.private.yaml: hive:pins.nobody | remove it: npx hive unpin nobody --stack private",
    ]);
    expect(problems({ webgate: "latest" })).toEqual([
      'Pulumi.private.yaml: hive:pins.webgate | write "sha256:" and 64 hexadecimal digits',
    ]);
    expect(problems({ webgate: other, gate: digest })).toEqual([
      "Pulumi.private.yaml: hive:pins.gate | keep one pin: hive:pins.webgate",
    ]);
    expect(problems({ webgate: other, gate: other })).toEqual([]);
  });
});

describe("the backend of replicated volumes", () => {
  const site = {
    ...smallSite,
    volumes: { data: { replicated: { size: "1GiB" as const } } },
    services: { db: { image, volumes: [{ source: "data", target: "/data" }] } },
  };
  const aws = { "hive:fleet": "aws", "hive:cidr": "10.17.16.0/24" };

  test("is a shared folder where all servers are containers of one computer, else one server's disk", () => {
    expect(planWith({ site }).volumes[0]?.driver).toBe("hive-shared");
    expect(planWith({ site, raw: aws }).volumes[0]?.replication?.backend).toBe("local");
    expect(
      planWith({ site, raw: { "hive:volumes": '{"backend":"drbd"}' } }).volumes[0]?.replication
        ?.backend,
    ).toBe("drbd");
  });

  test("cannot be a shared folder elsewhere", () => {
    expect(problemsOf({}, { config: { ...aws, "hive:volumes": '{"backend":"shared"}' } })).toEqual([
      "Pulumi.private.yaml: hive:volumes.backend | remove it, or write local or drbd",
    ]);
  });
});
