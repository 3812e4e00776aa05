import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { projectRoot, runModule } from "./run-module";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder("lock");

describe("whether a lock may be taken over", () => {
  const holder = { pid: 4711, host: "here", started: "100", token: "t" };
  it.each([
    ["its process runs", { holder, start: "100", silentMs: 999_999 }, false],
    ["its process is gone", { holder, start: null, silentMs: 0 }, true],
    ["another process has its number now", { holder, start: "222", silentMs: 0 }, true],
    [
      "it is of another computer and shows life",
      { holder: { ...holder, host: "there" }, start: null, silentMs: 5_000 },
      false,
    ],
    [
      "it is of another computer and is silent",
      { holder: { ...holder, host: "there" }, start: null, silentMs: 61_000 },
      true,
    ],
    ["nobody can read it, but it is new", { holder: null, start: null, silentMs: 100 }, false],
    ["nobody can read it, and it is old", { holder: null, start: null, silentMs: 61_000 }, true],
  ])("when %s: %#", async (_what, facts, expected) => {
    const stale = await runModule<boolean>(`
      import { lockIsStale } from "./toolchain/mechanics/lock.mjs";
      const { holder, start, silentMs } = ${JSON.stringify(facts)};
      result(lockIsStale({ holder: holder ?? undefined, host: "here", startOf: () => start ?? undefined, silentMs }));`);
    expect(stale).toBe(expected);
  });
});

describe("a lock", () => {
  const hold = (file: string, body: string) => `
    import { appendFileSync } from "node:fs";
    import { withLock } from "./toolchain/mechanics/lock.mjs";
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const signal = new AbortController().signal;
    await withLock(${JSON.stringify(file)}, async () => { ${body} }, { signal });`;

  it("lets one process in at a time", async () => {
    const [file, log] = [path.join(folder, "turns.lock"), path.join(folder, "turns.log")];
    const body = `appendFileSync(${JSON.stringify(log)}, "+"); await sleep(60); appendFileSync(${JSON.stringify(log)}, "-");`;
    await Promise.all([1, 2, 3].map(() => runModule(`${hold(file, body)} result(0);`)));
    expect(readFileSync(log, "utf8")).toBe("+-+-+-");
    expect(existsSync(file)).toBe(false);
  });

  it("is taken over from a process that was killed while it held it", async () => {
    const file = path.join(folder, "killed.lock");
    const code = hold(file, `console.log("held"); await sleep(60_000);`);
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
      cwd: projectRoot,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(existsSync(file)).toBe(true);
    const ms = await runModule<number>(
      `const before = Date.now(); ${hold(file, "")} result(Date.now() - before);`,
    );
    expect(ms).toBeLessThan(5000);
    expect(existsSync(file)).toBe(false);
  });
});
