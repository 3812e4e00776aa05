import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { namesText } from "../../../cli/hosts/known-names";
import { chooseRelease, currentRelease, releaseRows } from "../../../cli/releases/choose-release";
import { pinsIn, withoutPins, withPin } from "../../../cli/releases/pins";
import { releaseTargets } from "../../../cli/releases/targets";
import type { Plan } from "../../../model/plan";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const release = (letter: string, more: { kept?: boolean } = {}) => ({
  tag: letter.repeat(12),
  digest: digest(letter),
  reference: `registry:5000/web@${digest(letter)}`,
  builtAt: "2026-11-23T09:10:11Z",
  kept: true,
  ...more,
});
const facts = (current: string, letters = "abc") => ({
  image: "web",
  releases: [...letters].map((letter) => release(letter)),
  reference: `registry:5000/web@${digest(current)}`,
});

describe("which release to go back to", () => {
  test("the one before the one in use", () => {
    expect(chooseRelease(facts("a"), undefined).digest).toBe(digest("b"));
    expect(chooseRelease(facts("b"), undefined).digest).toBe(digest("c"));
  });

  test("the newest known one when what runs is no longer remembered", () => {
    expect(chooseRelease(facts("f"), undefined).digest).toBe(digest("a"));
  });

  test("by the beginning of its digest, or by its tag", () => {
    expect(chooseRelease(facts("a"), "ccc").digest).toBe(digest("c"));
    expect(chooseRelease(facts("a"), "sha256:CC").digest).toBe(digest("c"));
    expect(chooseRelease(facts("a"), "b".repeat(12)).digest).toBe(digest("b"));
  });

  test.each([
    ["nothing before", facts("c"), undefined, /no earlier release/],
    ["nothing at all", facts("a", ""), "x", /no kept release/],
    ["an unknown one", facts("a"), "ddd", /no kept release that begins with ddd.*\n {2}aaaa/],
    [
      "several",
      {
        ...facts("a"),
        releases: [release("a"), { ...release("b"), digest: `sha256:aa${"b".repeat(62)}` }],
      },
      "aa",
      /2 releases that begin with aa/,
    ],
    ["an empty one, even if there is only one", facts("a", "a"), "", /begins with an empty text/],
  ])("%s is refused with what there is", (_what, given, to, why) => {
    expect(() => chooseRelease(given, to)).toThrow(why);
  });

  test("what was promoted is gone back to like what was built", () => {
    const promoted = (letter: string) => ({ ...release(letter), tag: "", builtAt: "" });
    const given = { ...facts("q"), releases: [promoted("q"), promoted("p"), release("a")] };
    expect(chooseRelease(given, undefined).digest).toBe(digest("p"));
    expect(releaseRows(given).map(([, built, notes]) => [built, notes])).toEqual([
      ["-", "in use, newest, promoted to this stage"],
      ["-", "promoted to this stage"],
      ["2026-11-23 09:10 UTC", ""],
    ]);
  });

  test("what the registry no longer has is not chosen", () => {
    const given = {
      ...facts("a"),
      releases: [release("a"), release("b", { kept: false }), release("c")],
    };
    expect(chooseRelease(given, undefined).digest).toBe(digest("c"));
    expect(() => chooseRelease(given, "bbb")).toThrow(/no kept release/);
    expect(releaseRows(given)).toEqual([
      ["aaaaaaaaaaaa", "2026-11-23 09:10 UTC", "in use, newest"],
      ["bbbbbbbbbbbb", "2026-11-23 09:10 UTC", "removed from the registry"],
      ["cccccccccccc", "2026-11-23 09:10 UTC", ""],
    ]);
    expect(currentRelease(given)?.digest).toBe(digest("a"));
  });
});

describe("pins in a stage's file", () => {
  const committed = ["private", "staging", "production"].map((stage) =>
    readFileSync(join(__dirname, "..", "..", "..", `Pulumi.${stage}.yaml`), "utf8"),
  );

  test("come and go without a trace, comments stay", () => {
    for (const text of committed) {
      const pinned = withPin(text, "web", digest("a"));
      expect(pinsIn(pinned)).toEqual({ web: digest("a") });
      for (const line of text.split("\n")) expect(pinned).toContain(line);
      expect(withoutPins(pinned, ["web"])).toBe(text);
    }
  });

  test("say how they are ended, once", () => {
    const two = withPin(
      withPin("config:\n  hive:fleet: container\n", "web", digest("a")),
      "am",
      digest("b"),
    );
    expect(two).toBe(
      [
        "config:",
        "  hive:fleet: container",
        "",
        "  # Releases that are kept although the site has newer ones: `npx hive unpin <image>` ends it.",
        "  hive:pins:",
        `    web: ${digest("a")}`,
        `    am: ${digest("b")}`,
        "",
      ].join("\n"),
    );
    expect(pinsIn(withoutPins(two, ["web", "unknown"]))).toEqual({ am: digest("b") });
  });

  test("the last one that is set counts, whatever was there", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.constantFrom("a", "b", "c"))), (pins) => {
        const text = pins.reduce(
          (before, [image, letter]) => withPin(before, image, digest(letter)),
          "# mine\nconfig: {}\n",
        );
        const expected = Object.fromEntries(pins.map(([image, letter]) => [image, digest(letter)]));
        expect(pinsIn(text)).toEqual(expected);
        expect(text).toContain("# mine");
      }),
    );
  });

  test("a file without configuration gets one", () => {
    expect(pinsIn(withPin("", "web", digest("a")))).toEqual({ web: digest("a") });
    expect(pinsIn("")).toEqual({});
  });
});

describe("what the engine looks at for the release of a service", () => {
  const dynamic = "pulumi-nodejs:dynamic/hive";
  const hive = "urn:pulumi:private::hive::hive:index:Hive";
  const image = (name: string) => [
    `${hive}$hive:phase:BuildImages$hive:index:SiteImage::image-${name}`,
    `${hive}$hive:phase:BuildImages$hive:index:SiteImage$${dynamic}:ImageBuild::image-${name}-build`,
    `${hive}$hive:phase:BuildImages$hive:index:SiteImage$${dynamic}:ImagePull::image-${name}-on-hosts`,
  ];
  const service = (name: string) => [
    `${hive}$hive:phase:DeployServices$hive:index:SwarmService::service-${name}`,
    `${hive}$hive:phase:DeployServices$hive:index:SwarmService$${dynamic}:SwarmService::service-${name}-service`,
  ];
  const plan = {
    services: [
      { name: "web", image: { kind: "build", image: "web" } },
      { name: "web-gate", image: { kind: "build", image: "web-gate" } },
      {
        name: "cache",
        image: { kind: "reference", reference: "docker.io/library/redis@sha256:1" },
      },
      { name: "new", image: { kind: "build", image: "new" } },
    ],
  } as unknown as Plan;
  const state = [
    ...image("web"),
    ...image("web-gate"),
    ...service("web"),
    ...service("web-gate"),
    ...service("cache"),
  ];

  test("its image and itself, and nothing whose name begins the same", () => {
    expect(releaseTargets(plan, ["web"], state)).toEqual({
      urns: [...image("web"), ...service("web")],
      unbuilt: [],
    });
  });

  test("what is not there yet is named by a pattern; a service that is not there is told", () => {
    const { urns } = releaseTargets(plan, ["cache"], state);
    expect(urns).toEqual([
      ...service("cache"),
      "**hive:index:ReferenceImage::reference-docker-io-library-redis",
      `**${dynamic}:ImagePull::reference-docker-io-library-redis-on-hosts`,
    ]);
    expect(releaseTargets(plan, ["new", "web"], state).unbuilt).toEqual(["new"]);
  });

  test("a service is not there because another one's name ends with -service", () => {
    const mail = { name: "mail", image: { kind: "build", image: "mail" } };
    const { urns, unbuilt } = releaseTargets(
      { services: [mail] } as unknown as Plan,
      ["mail"],
      [...image("mail"), ...service("mail-service")],
    );
    expect(unbuilt).toEqual(["mail"]);
    expect(urns).not.toContain(service("mail-service")[0]);
  });
});

test("the names that a shell completes", () => {
  const access = [{ name: "p-hive0.hive.example" }, { name: "hive1.hive.example" }] as never;
  expect(namesText(access, { web: { image: "x", endpoints: [], movingEndpoints: [] } })).toBe(
    "host hive0\nhost hive1\nservice web\n",
  );
});
