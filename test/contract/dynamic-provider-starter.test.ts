import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

// The start of the server takes seconds on a busy computer.
jest.setTimeout(90_000);

const root = join(__dirname, "../..");
const starter = join(root, "toolchain/dynamic-provider.cjs");

/**
 * Stands for the engine: starts the plugin as the engine does, and tells its process and what it
 * printed first.
 */
const engineText = `
  const plugin = require("node:child_process").spawn(${JSON.stringify(starter)}, ["127.0.0.1:1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  plugin.stdout.once("data", (port) => console.log(plugin.pid + " " + port));
`;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

test("dynamic providers answer while the engine runs, and end when it was killed", async () => {
  const engine = spawn(process.execPath, ["-e", engineText], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: engine.stdout }), "line")) as [string];
  const [pid = 0, port = 0] = line.split(" ").map(Number);
  try {
    expect(port).toBeGreaterThan(0);
    await sleep(3000);
    expect(isRunning(pid)).toBe(true);
    engine.kill("SIGKILL");
    const end = Date.now() + 15_000;
    while (isRunning(pid) && Date.now() < end) await sleep(200);
    expect(isRunning(pid)).toBe(false);
  } finally {
    if (isRunning(pid)) process.kill(pid, "SIGKILL");
    engine.kill("SIGKILL");
  }
});
