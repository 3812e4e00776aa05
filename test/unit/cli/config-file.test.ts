import { parse } from "yaml";
import { encryptionOf, mergeConfig } from "../../../cli/pulumi/config-file";

const committed =
  "# The private stage.\nconfig:\n  hive:fleet: container # of this computer\n  hive:ssh:\n    port: 22\n";

test("the committed text is kept as it is, comments included", () => {
  expect(mergeConfig({ committed })).toBe(committed);
});

test("the salt is taken from the file that was generated before", () => {
  const generated = "config:\n  hive:fleet: gone\nencryptionsalt: v1:abc\n";
  expect(parse(mergeConfig({ committed, generated }))).toEqual({
    config: { "hive:fleet": "container", "hive:ssh": { port: 22 } },
    encryptionsalt: "v1:abc",
  });
});

test("a stack that was made with plain Pulumi keeps the salt that is committed", () => {
  const plain = `${committed}encryptionsalt: v1:theirs\n`;
  expect(
    parse(mergeConfig({ committed: plain, generated: "encryptionsalt: v1:ours\n" })),
  ).toMatchObject({
    encryptionsalt: "v1:theirs",
  });
});

test("a key service in the committed file is not mixed with an old salt", () => {
  const kms = `${committed}secretsprovider: awskms://alias/hive\n`;
  const merged = mergeConfig({ committed: kms, generated: "encryptionsalt: v1:ours\n" });
  expect(parse(merged)).not.toHaveProperty("encryptionsalt");
});

test("values of one run go over the committed ones", () => {
  const overrides = { "hive:throughPhase": "setup-hosts" };
  expect(parse(mergeConfig({ committed, overrides })).config).toEqual({
    "hive:fleet": "container",
    "hive:ssh": { port: 22 },
    "hive:throughPhase": "setup-hosts",
  });
});

test.each(["", "# only a comment\n", "config: {}\n"])(
  "works on a file without values: %j",
  (empty) => {
    const merged = mergeConfig({
      committed: empty,
      generated: "encryptionsalt: v1:abc\n",
      overrides: { "hive:cidr": "10.0.0.0/24" },
    });
    expect(parse(merged)).toEqual({
      config: { "hive:cidr": "10.0.0.0/24" },
      encryptionsalt: "v1:abc",
    });
  },
);

describe("what outlives a stage that is destroyed", () => {
  const generated = "config:\n  hive:fleet: container\nencryptionsalt: v1:ours\n";
  const withSecret = `${committed}  hive:secrets:\n    password:\n      secure: v1:x\n`;

  it("is the salt of secrets that are committed, and no value", () => {
    expect(encryptionOf(generated, withSecret)).toBe("encryptionsalt: v1:ours\n");
  });

  it("is nothing without such secrets, or when the committed file has the salt itself", () => {
    expect(encryptionOf(generated, committed)).toBeUndefined();
    expect(encryptionOf(generated, `${withSecret}encryptionsalt: v1:theirs\n`)).toBeUndefined();
    expect(encryptionOf("", withSecret)).toBeUndefined();
  });
});
