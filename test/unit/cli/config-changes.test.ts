import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse, parseDocument } from "yaml";
import {
  changesConfig,
  withConfigChanges,
  withEncryption,
} from "../../../cli/pulumi/config-changes";

const committed = readFileSync(join(__dirname, "../../../Pulumi.private.yaml"), "utf8");
const secret = { secure: `v1:${"a".repeat(200)}` };

/** What Pulumi leaves in the generated file: no comments, texts instead of numbers, the salt. */
function rewritten(text: string, edit: (config: Record<string, unknown>) => void): string {
  const { config } = parse(text) as { config: Record<string, unknown> };
  // Of `3` it makes `"3"`.
  for (const [key, value] of Object.entries(config))
    if (typeof value === "number") config[key] = String(value);
  edit(config);
  return JSON.stringify({ encryptionsalt: "v1:salt", config });
}

test.each([
  [["config", "set", "--secret", "k"], true],
  [["config", "--path", "rm", "k"], true],
  [["config", "set-all", "--plaintext", "a=b"], true],
  [["config", "get", "k"], false],
  [["config"], false],
  [["config", "cp", "--dest", "staging"], false],
  [["stack", "rm", "set"], false],
])("%j changes the configuration: %s", (args, changes) => {
  expect(changesConfig(args)).toBe(changes);
});

test("a salt that Pulumi made goes into the file of a state that is shared, unless that has one", () => {
  const generated = "encryptionsalt: v1:made\nconfig: {}\n";
  expect(parse(withEncryption(committed, generated))).toMatchObject({ encryptionsalt: "v1:made" });
  const own = `${committed}encryptionsalt: v1:own\n`;
  expect(withEncryption(own, generated)).toBe(own);
  expect(withEncryption(committed, "config: {}\n")).toBe(committed);
});

describe("what a command changed", () => {
  const before = committed;

  it("is added to the committed file, whose every line stays as it is", () => {
    const after = rewritten(committed, (config) => {
      config["hive:secrets"] = { "smtp-password": secret };
    });
    const text = withConfigChanges(committed, before, after);
    expect(text.startsWith(committed)).toBe(true);
    expect(text.slice(committed.length)).toBe(
      `\n  hive:secrets:\n    smtp-password:\n      secure: ${secret.secure}\n`,
    );
  });

  it("is added beside what is there, replaced in its place, and taken out without a trace", () => {
    const first = withConfigChanges(
      committed,
      before,
      rewritten(committed, (config) => (config["hive:secrets"] = { first: secret })),
    );
    const both = withConfigChanges(
      first,
      rewritten(first, () => undefined),
      rewritten(first, (config) => {
        config["hive:secrets"] = { first: { secure: "v1:new" }, second: secret };
      }),
    );
    expect(both).toBe(
      first.replace(secret.secure, "v1:new") + `    second:\n      secure: ${secret.secure}\n`,
    );
    const gone = withConfigChanges(
      both,
      rewritten(both, () => undefined),
      rewritten(both, (config) => (config["hive:secrets"] = {})),
    );
    expect(gone).toBe(committed);
  });

  it("leaves comments above a removed key, and what changed in the file meanwhile", () => {
    const meanwhile = committed.replace("clusterHosts: 3", "clusterHosts: 5 # since today");
    const text = withConfigChanges(
      meanwhile,
      before,
      rewritten(committed, (config) => delete config["hive:cidr"]),
    );
    expect(text).toBe(meanwhile.replace("  hive:cidr: 172.29.16.0/24\n", ""));
  });

  it("carries no salt, and nothing at all when no value changed", () => {
    expect(withConfigChanges(committed, committed, `${committed}encryptionsalt: v1:x\n`)).toBe(
      committed,
    );
  });

  it.each(["", "# only a comment\n", "config:\n", "config: {}\n"])(
    "is written into a file without values: %j",
    (empty) => {
      const text = withConfigChanges(
        empty,
        "encryptionsalt: v1:x\n",
        "encryptionsalt: v1:x\nconfig:\n  hive:cidr: 10.0.0.0/24\n",
      );
      expect(parse(text)).toEqual({ config: { "hive:cidr": "10.0.0.0/24" } });
    },
  );

  const key = fc.constantFrom("hive:a", "hive:b", "hive:c", "hive:secrets");
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
  const value = fc.oneof(
    scalar,
    fc.record({ secure: fc.string() }),
    fc.dictionary(fc.constantFrom("x", "y z", "0"), scalar, { minKeys: 1 }),
    fc.array(scalar),
  );
  const config = fc.dictionary(key, value);
  const texts = (inner: unknown): unknown =>
    JSON.parse(JSON.stringify(inner), (_key, each: unknown) =>
      typeof each === "number" || typeof each === "boolean" ? String(each) : each,
    ) as unknown;

  it("is what the next run reads, whatever is set and removed", () => {
    fc.assert(
      fc.property(config, config, (old, wanted) => {
        const text = "# The stage.\nconfig: {}\n";
        const start = parseDocument(text);
        for (const [name, content] of Object.entries(old)) start.setIn(["config", name], content);
        const file = start.toString();
        const result = withConfigChanges(
          file,
          JSON.stringify({ config: old }),
          JSON.stringify({ config: wanted }),
        );
        const read = (parse(result) as { config: unknown }).config ?? {};
        // A map whose last value goes, goes with it; else the values are those of the command, as
        // texts or not.
        expect(texts(read)).toEqual(texts(wanted));
        expect(result).toContain("# The stage.");
      }),
    );
  });
});
