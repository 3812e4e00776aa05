import { fleetTraits } from "../../../fleet/traits";
import { parse } from "yaml";
import { checkText } from "../../../cli/update/check-text";
import { compareImages } from "../../../cli/update/base-image-check";
import { intentLines } from "../../../cli/update/intent";
import { ownImages } from "../../../cli/update/own-images";
import { needsLocalRenewal } from "../../../cli/update/renew-local";
import { updateTimeIn, withUpdateTime } from "../../../cli/update/update-time";
import { samplePlan } from "../render/sample-plan";

const time = "2026-12-24T08:00:00Z";

describe("the time of an update in the stage's file", () => {
  const stage = `# The stage of the team.
config:
  hive:siteName: hive.example # ours
  hive:zones:
    - zone-a

  # keep this
  hive:cidr: 172.29.16.0/24
`;

  test("is written at the end, in quotes, and nothing else changes", () => {
    expect(withUpdateTime(stage, time)).toBe(
      `${stage}
  # Base images and packages are not older than this: \`npx hive update\` renews them.
  hive:updated: "2026-12-24T08:00:00Z"
`,
    );
    expect(updateTimeIn(withUpdateTime(stage, time))).toBe(time);
    expect(updateTimeIn(stage)).toBeUndefined();
  });

  test("takes the place of the one before, and what is behind it stays", () => {
    const once = withUpdateTime(stage, "2026-11-01T00:00:00Z");
    expect(withUpdateTime(once, time)).toBe(withUpdateTime(stage, time));
    for (const before of ["2026-11-01", `'2026-11-01'`, `"2026-11-01"`]) {
      const text = `config:\n  hive:updated: ${before} # by anna\n  hive:cidr: 172.29.16.0/24\n`;
      expect(withUpdateTime(text, time)).toBe(
        `config:\n  hive:updated: "${time}" # by anna\n  hive:cidr: 172.29.16.0/24\n`,
      );
    }
  });

  test.each([
    ["another style", "config: { 'hive:cidr': 172.29.16.0/24 }\n"],
    ["another style, with a time", `config: { 'hive:updated': "2026-11-01", 'hive:cidr': x }\n`],
    ["no configuration", "encryptionsalt: v1\n"],
    ["a key behind the configuration", "config:\n  hive:cidr: x\nencryptionsalt: v1\n"],
  ])("%s is valid YAML afterwards too, with all that it had", (_, text) => {
    const before = parse(text) as { config?: object };
    // As Pulumi does, which knows times without quotes.
    expect(parse(withUpdateTime(text, time), { customTags: ["timestamp"] })).toEqual({
      ...before,
      config: { ...before.config, "hive:updated": time },
    });
  });
});

describe("what an update is going to do", () => {
  const image = (name: string) => ({
    name,
    context: `site/images/${name}`,
    repository: `registry.hive.example:5000/${name}`,
    buildArguments: {},
    buildSecrets: [],
  });
  const plan = {
    ...samplePlan(),
    updated: time,
    images: [image("am"), { ...image("portal"), pullFrom: "registry/portal@sha256:1" }],
  };

  test("is told before it is asked for", () => {
    const text = intentLines(plan, ["debian:trixie-slim"]).join("\n");
    expect(text).toContain("debian:trixie-slim, by this computer's Docker Engine");
    expect(text).toContain("the registry's own image, am, without a cache");
    expect(text).toContain("made anew from a new server image, one after the other");
    expect(text).toContain("portal: `npx hive unpin` ends a pin");
    expect(text).toContain(`Pulumi.private.yaml, hive:updated: "${time}": commit it`);
  });

  test("is an upgrade of packages on machines", () => {
    const prepared = { ...plan, fleet: "prepared" as const, traits: fleetTraits.prepared };
    const text = intentLines(prepared, ["debian:trixie-slim"]).join("\n");
    expect(text).toContain("packages are upgraded, one cluster server after the other");
    expect(text).toContain("debian:trixie-slim, by its registry");
  });
});

describe("whether there is a newer base image", () => {
  const present = { id: "sha256:1", digests: ["sha256:d1"] };

  test.each([
    [
      "the registry's digest is the one in use",
      { present, registry: { digest: "sha256:d1" } },
      "no",
    ],
    ["the registry has another", { present, registry: { digest: "sha256:d2" } }, "yes"],
    [
      "this computer has another",
      { present, local: { id: "sha256:2", digests: [] }, registry: { reason: "away" } },
      "yes",
    ],
    [
      "this computer has the same, and the registry another",
      { present, local: { id: "sha256:1", digests: [] }, registry: { digest: "sha256:d2" } },
      "yes",
    ],
    ["the registry is away", { present, registry: { reason: "timeout" } }, "unknown"],
    ["the server does not have it", { registry: { digest: "sha256:d1" } }, "unknown"],
    [
      "it came from no registry",
      { present: { id: "sha256:1", digests: [] }, registry: { digest: "sha256:d2" } },
      "unknown",
    ],
  ])("%s", (_, observed, newer) => {
    const answer = compareImages(observed);
    expect(answer.newer).toBe(newer);
    // Whoever reads "unknown" reads why.
    expect(answer.reason !== undefined).toBe(newer === "unknown");
  });

  test("is a table, with the reason below where nobody knows", () => {
    const known = { usedBy: ["am", "ldap"], isPinned: true };
    const text = checkText({
      stage: "production",
      images: [
        {
          ...known,
          reference: "debian:trixie-slim",
          digest: `sha256:${"a".repeat(64)}`,
          days: 41,
          newer: "yes",
          newest: `sha256:${"b".repeat(64)}`,
        },
        {
          ...known,
          reference: "node:22",
          isPinned: false,
          newer: "unknown",
          reason: "It is away.",
        },
      ],
    });
    expect(text.split("\n")).toEqual([
      "base image          in use                age      newer              images of the site",
      "debian:trixie-slim  aaaaaaaaaaaa, pinned  41 days  yes: bbbbbbbbbbbb  am ldap",
      "node:22             not there yet         -        unknown            am ldap",
      "",
      "node:22: It is away.",
      "",
      "This stage was never updated.",
      expect.stringContaining("`npx hive update --stack production`"),
    ]);
  });
});

describe("this computer gets its base images again", () => {
  const base = (updated?: string) => ({
    type: "pulumi-nodejs:dynamic/hive:BaseImage",
    inputs: {
      reference: "debian:trixie-slim",
      seedFromLocalEngine: true,
      ...(updated === undefined ? {} : { updated }),
    },
    outputs: { imageId: "sha256:1", digest: "" },
  });
  const { container: traits, prepared } = fleetTraits;

  test("only for an update that no run has made, on stages that take them from it", () => {
    expect(needsLocalRenewal({ traits }, [base()])).toBe(false);
    expect(needsLocalRenewal({ traits, updated: time }, [])).toBe(true);
    expect(needsLocalRenewal({ traits, updated: time }, [base()])).toBe(true);
    expect(needsLocalRenewal({ traits, updated: time }, [base("2026-11-01")])).toBe(true);
    expect(needsLocalRenewal({ traits, updated: time }, [base(time)])).toBe(false);
    expect(needsLocalRenewal({ traits: prepared, updated: time }, [base()])).toBe(false);
  });

  test("the state knows the images that hive keeps, and leaves out those of the site", () => {
    const build = (repository: string, push: boolean) => ({
      type: "pulumi-nodejs:dynamic/hive:ImageBuild",
      inputs: { repository, push },
      outputs: { imageId: "sha256:2", digest: "" },
    });
    expect(ownImages([build("hive/registry", false), build("r/web", true), base(time)])).toEqual([
      {
        name: "debian:trixie-slim",
        kind: "base",
        id: "sha256:1",
        updated: time,
        isLocal: true,
      },
      { name: "registry", kind: "platform", id: "sha256:2", isLocal: false },
    ]);
  });
});
