import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runModule } from "./run-module";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder("docker-engine");
const children: ChildProcess[] = [];
afterAll(() => children.forEach((child) => child.kill("SIGKILL")));

/** A process that stands for an engine, noted as hive notes one that it has started. */
async function engineNoted(cache: string, started?: string): Promise<ChildProcess> {
  const child = spawn("sleep", ["60"]);
  children.push(child);
  const real = await runModule<string>(`
    import { processStart } from "./toolchain/mechanics/lock.mjs"; result(processStart(${child.pid}));`);
  mkdirSync(path.join(folder, cache, "docker-engine"), { recursive: true });
  writeFileSync(
    path.join(folder, cache, "docker-engine/dockerd.json"),
    JSON.stringify({ pid: child.pid, started: started ?? real, log: "/x" }),
  );
  return child;
}

function stop(cache: string): Promise<string> {
  return runModule(
    `import { openProject } from "./toolchain/mechanics/project.mjs";
     import { stopEngine } from "./toolchain/steps/docker-engine.mjs";
     result(await stopEngine(openProject()));`,
    { ...process.env, HIVE_CACHE: path.join(folder, cache) },
  );
}

describe("docker-engine.mjs stop", () => {
  it("ends the engine that hive has started", async () => {
    const child = await engineNoted("own");
    expect(await stop("own")).toContain(`(process ${child.pid}) has ended`);
    expect(
      child.signalCode ??
        (await new Promise((resolve) => child.on("exit", (_, signal) => resolve(signal)))),
    ).toBe("SIGTERM");
  });

  it("leaves a process alone that only has the same number", async () => {
    const child = await engineNoted("reused", "12345");
    expect(await stop("reused")).toContain("nothing was stopped");
    expect(child.exitCode ?? child.signalCode).toBeNull();
    expect(child.kill(0)).toBe(true);
  });

  it("does nothing where hive has started none", async () => {
    expect(await stop("none")).toContain("nothing was stopped");
  });
});

describe("a base image made by debootstrap", () => {
  it("takes no package without a signature of Debian's archive", async () => {
    const given = await runModule<string[]>(`
      import { debootstrapArguments } from "./toolchain/steps/base-images.mjs";
      const image = { suite: "trixie", variant: "minbase" };
      result(debootstrapArguments(image, "/tree", "http://mirror.example/debian"));`);
    expect(given).toEqual([
      "--force-check-gpg",
      "--keyring=/usr/share/keyrings/debian-archive-keyring.gpg",
      "--variant=minbase",
      "trixie",
      "/tree",
      "http://mirror.example/debian",
    ]);
  });

  it("is dressed like the official slim image", async () => {
    const tree = path.join(folder, "tree");
    const put = (file: string, text = "x") => {
      mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
      writeFileSync(path.join(tree, file), text);
    };
    put("etc/apt/sources.list", "deb http://mirror.example/debian bookworm main\n");
    put("var/cache/apt/archives/a.deb");
    put("var/cache/apt/pkgcache.bin");
    put("var/lib/apt/lists/list");
    put("usr/share/doc/bash/copyright");
    put("usr/share/doc/bash/README");
    put("usr/share/man/man1/bash.1");
    put("etc/hostname", "build-machine");
    put("etc/resolv.conf", "nameserver 10.0.0.1");
    const left = await runModule<string[]>(`
      import fs from "node:fs";
      import { makeSlim } from "./toolchain/steps/base-images.mjs";
      const source = { uri: "http://mirror.example/security", suite: "bookworm-security", components: ["main"] };
      makeSlim(${JSON.stringify(tree)}, "bookworm", [source]);
      result(fs.readdirSync(${JSON.stringify(tree)}, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile()).map((entry) => (entry.parentPath ?? entry.path).slice(${tree.length + 1}) + "/" + entry.name).sort());`);
    expect(left).toEqual([
      "etc/apt/apt.conf.d/docker-clean",
      "etc/apt/sources.list",
      "etc/dpkg/dpkg.cfg.d/docker",
      "usr/sbin/policy-rc.d",
      "usr/share/doc/bash/copyright",
    ]);
    expect(readFileSync(path.join(tree, "etc/apt/sources.list"), "utf8")).toBe(
      "deb http://mirror.example/debian bookworm main\ndeb http://mirror.example/security bookworm-security main\n",
    );
  });
});

describe("packages of this computer", () => {
  it("are installed by one step at a time: apt does not wait for the lock of its lists", async () => {
    const bin = path.join(folder, "bin");
    mkdirSync(bin, { recursive: true });
    const held = path.join(folder, "apt-is-running");
    writeFileSync(
      path.join(bin, "apt-get"),
      `#!/bin/sh\nmkdir ${held} || exit 100\nsleep 0.2\nrmdir ${held}\n`,
    );
    chmodSync(path.join(bin, "apt-get"), 0o755);
    const said = await runModule<string[]>(
      `import { openProject } from "./toolchain/mechanics/project.mjs";
       import { installPackages } from "./toolchain/steps/docker-engine.mjs";
       const said = [];
       const context = { signal: new AbortController().signal, report: (text) => said.push(text) };
       const project = openProject();
       await Promise.all(["one", "two"].map((name) => installPackages(project, [name], context)));
       result(said);`,
      {
        ...process.env,
        PATH: `${bin}:${process.env.PATH}`,
        HIVE_CACHE: path.join(folder, "apt-cache"),
      },
    );
    expect(said.filter((text) => text.includes("apt-get install"))).toHaveLength(2);
    expect(said).toContain("another step is installing packages; waiting");
  });
});
