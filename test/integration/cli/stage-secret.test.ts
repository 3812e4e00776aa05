import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TestStage } from "../../e2e/test-stage";

jest.setTimeout(5 * 60_000);

const value = "planted-smtp-9b1f";
const name = "smtp-password";
const stageFile = "Pulumi.private.yaml";
/** As it is committed, with all of its comments. */
const committed = readFileSync(join(__dirname, "../../..", stageFile), "utf8").replace(
  "172.29.16.0/24",
  "172.29.148.0/24",
);

let stage: TestStage;

beforeAll(() => {
  stage = new TestStage("secret", {});
  stage.write(stageFile, committed);
  stage.write(
    "site/site.ts",
    `import { defineSite } from "../model/site";

export const site = defineSite({
  name: "secret.hive.example",
  secrets: { "${name}": { fromStage: true } },
  images: { portal: {} },
  services: { mail: { image: { build: "portal" }, endpointMode: "dnsrr", secrets: ["${name}"] } },
});
`,
  );
});
afterAll(() => stage.remove());

/** The command that a problem of the plan names, as words. */
function commandIn(output: string): readonly string[] {
  const line = /npx hive (pulumi -- config set .*)$/m.exec(output)?.[1] ?? "";
  return line.split(" ").map((word) => word.replace(/^'(.*)'$/, "$1"));
}

const key = `hive:secrets["${name}"]`;
const get = () => stage.hive(["pulumi", "--", "config", "get", "--path", key]);
const generated = () => stage.read(".hive/private/engine/Pulumi.private.yaml");

test("the command that the plan names gives a secret its value, for this run and all that follow", async () => {
  const missing = await stage.hive(["plan"]);
  expect(missing.code).not.toBe(0);
  const set = commandIn(missing.output);
  expect(set).toContain(key);

  const done = await stage.hive(set, { stdin: value });
  expect([done.code, done.code === 0 ? "" : done.output]).toEqual([0, ""]);
  const text = stage.read(stageFile);
  expect(text.startsWith(committed)).toBe(true);
  expect(text.slice(committed.length)).toMatch(
    /^\n {2}hive:secrets:\n {4}smtp-password:\n {6}secure: v1:\S+\n$/,
  );
  expect(text + generated()).not.toContain(value);
  // What decrypts it stays on this computer.
  expect(text).not.toContain("encryptionsalt");
  expect(generated()).toContain("encryptionsalt: v1:");

  const plan = await stage.hive(["plan"]);
  expect([plan.code, plan.code === 0 ? "" : plan.output]).toEqual([0, ""]);
  expect((await get()).stdout.trim()).toBe(value);
});

test("the program reads it", async () => {
  const preview = await stage.hive(["pulumi", "--", "preview"]);
  expect([preview.code, preview.code === 0 ? "" : preview.output]).toEqual([0, ""]);
  expect(preview.output).toContain("files-secret-smtp-password");
  expect(preview.output).not.toContain(value);
});

test("a stage that is destroyed and brought up again has it still", async () => {
  const destroyed = await stage.hive(["destroy", "--yes"]);
  expect([destroyed.code, destroyed.code === 0 ? "" : destroyed.output]).toEqual([0, ""]);
  expect(destroyed.output).toContain("Kept, to decrypt the secrets in Pulumi.private.yaml");
  expect((await get()).stdout.trim()).toBe(value);
});

test("a computer that has no key for it says what to do", async () => {
  stage.write(".hive/passphrase", "another one\n");
  stage.write(".hive/private/engine/Pulumi.private.yaml", undefined);
  const run = await stage.hive(["up", "--yes"]);
  expect(run.code).not.toBe(0);
  expect(run.output).toMatch(/was encrypted with another key[^]*npx hive pulumi -- config set/);
  const set = ["pulumi", "--", "config", "set", "--stack", "private", "--secret", "--path", key];
  expect((await stage.hive(set, { stdin: "another value" })).code).toBe(0);
  expect((await get()).stdout.trim()).toBe("another value");
});

test("removed, it is gone, and the file is what it was", async () => {
  const removed = await stage.hive(["pulumi", "--", "config", "rm", "--path", key]);
  expect([removed.code, removed.code === 0 ? "" : removed.output]).toEqual([0, ""]);
  expect(stage.read(stageFile)).toBe(committed);
  expect((await stage.hive(["plan"])).output).toContain("has no value on the stage private");
});
