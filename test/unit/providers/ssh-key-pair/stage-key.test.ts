import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { saveStageKey } from "../../../../providers/ssh-key-pair/stage-key";
import { withEnvironment } from "../../../environment";

let home: string;
const folder = (): string => join(home, "private", "ssh");
const file = (): string => join(folder(), "id_ed25519");
const keep = (key: string): Promise<void> =>
  withEnvironment({ HIVE_HOME: home }, () =>
    Promise.resolve().then(() => saveStageKey("private", key)),
  );

beforeEach(() => (home = mkdtempSync(join(tmpdir(), "hive-stage-key-"))));
afterEach(() => rmSync(home, { recursive: true }));

test("the stage's key is written for its owner alone, and not again", async () => {
  await keep("key one");
  const { mtimeNs } = statSync(file(), { bigint: true });
  await keep("key one");
  expect(readFileSync(file(), "utf8")).toBe("key one");
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(statSync(folder()).mode & 0o777).toBe(0o700);
  expect(statSync(file(), { bigint: true }).mtimeNs).toBe(mtimeNs);
});

test("another key that is there is kept beside it, however often", async () => {
  for (const key of ["key one", "key two", "key three"]) await keep(key);
  const kept = readdirSync(folder()).sort();
  expect(kept).toEqual(["id_ed25519", "id_ed25519.old-1", "id_ed25519.old-2"]);
  expect(kept.map((name) => readFileSync(join(folder(), name), "utf8"))).toEqual([
    "key three",
    "key one",
    "key two",
  ]);
});

test("a place that cannot be written is named, and the key is not", async () => {
  mkdirSync(join(home, "private"));
  writeFileSync(folder(), "in the way");
  await expect(keep("PLANTED")).rejects.toThrow(
    /key cannot be written to .*id_ed25519 \((ENOTDIR|EEXIST)\)/,
  );
  await expect(keep("PLANTED")).rejects.not.toThrow(/PLANTED/);
});
