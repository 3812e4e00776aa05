import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ensureCredentials,
  forgetCloud,
  openFolder,
  readSettings,
  seenCalls,
  setFaults,
} from "../../../rehearsal/folder";

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "hive-rehearsal-folder-"));
  folder = join(parent, "one");
  openFolder(folder);
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe("the folder of a rehearsal", () => {
  it("is its owner's alone, and keeps one key of its own", () => {
    const key = ensureCredentials(folder);
    expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(ensureCredentials(folder)).toEqual(key);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "credentials.json")).mode & 0o777).toBe(0o600);
    const other = join(parent, "other");
    openFolder(other);
    expect(ensureCredentials(other).accessKeyId).not.toBe(key.accessKeyId);
  });

  it("forgets the key with the cloud", () => {
    const key = ensureCredentials(folder);
    forgetCloud(folder);
    expect(readSettings(folder)).toBeUndefined();
    expect(ensureCredentials(folder)).not.toEqual(key);
  });

  it("says which errors the cloud answers with, and refuses what it would not understand", () => {
    const fault = { code: "RequestLimitExceeded", message: "-", status: 503, times: 2 };
    setFaults(folder, { "ec2:RunInstances": fault, "ssm:*": fault });
    expect(JSON.parse(readFileSync(join(folder, "faults.json"), "utf8"))).toEqual({
      "ec2:RunInstances": fault,
      "ssm:*": fault,
    });
    expect(() => setFaults(folder, { RunInstances: fault })).toThrow('"RunInstances" is no call');
    expect(() => setFaults(folder, { "ec2:*": { ...fault, status: 200 } })).toThrow(
      "ec2:*: 200 is no status of an error",
    );
    expect(seenCalls(folder)).toEqual([]);
  });
});
