import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  endProcess,
  isRunning,
  logOf,
  startInBackground,
  untilReady,
} from "../../../rehearsal/processes";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "hive-processes-"))));
afterEach(async () => {
  await endProcess(folder, "one", 5);
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a shell script. */
function start(script: string): void {
  const options = { folder, name: "one", cwd: "/", env: process.env, lasting: true };
  startInBackground("/bin/sh", ["-c", script], options);
}

describe("a process in the background", () => {
  it("runs until it is ended, with its output in a log", async () => {
    start("echo hello; exec sleep 60");
    expect(isRunning(folder, "one")).toBe(true);
    await untilReady(folder, "one", 5, () => readFileSync(logOf(folder, "one"), "utf8") !== "");
    await endProcess(folder, "one", 5);
    expect(isRunning(folder, "one")).toBe(false);
    await endProcess(folder, "one", 5);
  });

  it("is killed when it does not end in time", async () => {
    start("trap '' TERM; echo ready; while :; do sleep 0.1; done");
    await untilReady(folder, "one", 5, () => readFileSync(logOf(folder, "one"), "utf8") !== "");
    await endProcess(folder, "one", 0.3);
    expect(isRunning(folder, "one")).toBe(false);
  });

  it("that ends before it is ready is an error with the end of its log", async () => {
    start("echo no such thing; exit 1");
    await expect(untilReady(folder, "one", 5, () => false)).rejects.toThrow(
      /one has ended\. Its log, .*one\.log, ends with:\nno such thing/,
    );
  });

  it("that does not come up is an error after the deadline", async () => {
    start("exec sleep 60");
    await expect(untilReady(folder, "one", 0.3, () => false)).rejects.toThrow(
      "is not ready after 0.3 s",
    );
  });

  it("is not taken for another one that has its number now", async () => {
    const record = { pid: process.pid, started: "1" };
    writeFileSync(join(folder, "one.process.json"), JSON.stringify(record));
    expect(isRunning(folder, "one")).toBe(false);
    await endProcess(folder, "one", 5);
  });
});
