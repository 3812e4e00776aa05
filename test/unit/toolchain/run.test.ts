import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectRoot } from "./run-module";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder("run");
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  HIVE_CACHE: path.join(folder, "cache"),
  HIVE_HOME: path.join(folder, "home"),
};

function start(args: string[], more: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: projectRoot,
    env: { ...env, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function finished(
  child: ChildProcess,
): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, stdout, stderr };
}

const run = (...args: string[]) => finished(start(["toolchain/run.mjs", ...args]));

describe("toolchain/run.mjs", () => {
  it("gives the command its arguments as they are, the project's environment, and hands its exit code on", async () => {
    const { code, stdout } = await run(
      "--ensure",
      "none",
      "--",
      "sh",
      "-c",
      'printf "%s|%s|%s" "$1" "$2" "$PULUMI_BACKEND_URL"; exit 7',
      "sh",
      "two words",
      "--ensure",
    );
    expect(code).toBe(7);
    expect(stdout).toBe(`two words|--ensure|file://${env.HIVE_HOME}/state`);
  });

  it.each([
    [["pulumi"], "write the command after --"],
    [["--"], "the command after -- is missing"],
    [
      ["--ensure", "dokcer", "--", "true"],
      "--ensure dokcer: write npm, engine, docker, all, aws, rehearsal, lint, tests or none",
    ],
    [["--fast", "--", "true"], "unknown option --fast"],
  ])("%j is refused with %j", async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it("names a program that is not there", async () => {
    const { code, stderr } = await run("--ensure", "none", "--", "no-such-program");
    expect(code).toBe(127);
    expect(stderr).toContain("no-such-program: not found on the PATH");
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "passes %s on once and waits until the command has ended",
    async (name) => {
      const log = path.join(folder, `${name}.log`);
      const script = path.join(folder, "patient.cjs");
      writeFileSync(
        script,
        `const fs = require("node:fs");
       process.on("${name}", () => { fs.appendFileSync(${JSON.stringify(log)}, "got "); setTimeout(() => { fs.appendFileSync(${JSON.stringify(log)}, "done"); process.exit(5); }, 600); });
       setInterval(() => {}, 1000); console.log("ready");`,
      );
      const child = start([
        "toolchain/run.mjs",
        "--ensure",
        "none",
        "--",
        process.execPath,
        script,
      ]);
      const end = finished(child);
      await once(child.stdout as NodeJS.ReadableStream, "data");
      // npm and a terminal may both send it.
      child.kill(name);
      child.kill(name);
      expect((await end).code).toBe(5);
      expect(readFileSync(log, "utf8")).toBe("got done");
    },
  );
});

describe("npm run doctor", () => {
  it("tells what is missing, changes nothing, and ends with 1", async () => {
    const cache = path.join(folder, "untouched");
    const child = start(["toolchain/doctor.mjs", "--json"], {
      HIVE_CACHE: cache,
      HIVE_HOME: path.join(folder, "untouched-home"),
      HIVE_DOWNLOADS: "none",
      HIVE_GO: "none",
      PATH: "/usr/bin:/bin",
      DOCKER_HOST: "unix:///nowhere/docker.sock",
    });
    const { code, stdout } = await finished(child);
    const findings = JSON.parse(stdout) as { what: string; status: string; remedy: string[] }[];
    const status = Object.fromEntries(findings.map((finding) => [finding.what, finding.status]));
    expect(code).toBe(1);
    expect(status).toMatchObject({
      "Node.js": "found",
      "Pulumi CLI": "missing",
      "Pulumi plugin docker": "missing",
      "Docker Engine": "missing",
    });
    expect(findings.find(({ what }) => what === "Docker Engine")?.remedy.join(" ")).toContain(
      "/nowhere/docker.sock",
    );
    expect([existsSync(cache), existsSync(path.join(folder, "untouched-home"))]).toEqual([
      false,
      false,
    ]);
  });
});

describe("an old Node.js", () => {
  it("is told which one is needed", async () => {
    const { stdout } = await finished(
      start([
        "--input-type=module",
        "-e",
        `import { nodeVersionProblem } from "./toolchain/mechanics/node-version.mjs";
         console.log(nodeVersionProblem("18.19.1"), nodeVersionProblem("20.0.0"), nodeVersionProblem("22.1.0"));`,
      ]),
    );
    expect(stdout).toMatch(/^hive needs Node.js 20 or newer; this is 18\.19\.1/);
    expect(stdout.trim()).toMatch(/undefined undefined$/);
  });
});
