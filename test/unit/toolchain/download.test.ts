import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { archiveOf, releaseServer, type ReleaseServer } from "./release-server";
import { runModule } from "./run-module";
import { temporaryFolder } from "./temporary-folder";

const folder = temporaryFolder("download");
const platform = `${process.platform}-${process.arch}`;
const cli = "3.259.0";
const archivePath = `/get/releases/sdk/pulumi-v${cli}-${platform}.tar.gz`;
const checksumsPath = `/github/pulumi/pulumi/releases/download/v${cli}/pulumi-${cli}-checksums.txt`;
const programs = [
  "pulumi/pulumi",
  "pulumi/pulumi-language-nodejs",
  "pulumi/pulumi-resource-pulumi-nodejs",
];

interface Result {
  name: string;
  status: string;
  detail?: string;
  message?: string;
}

let server: ReleaseServer;
beforeEach(async () => {
  server = await releaseServer();
});
afterEach(() => server.close());

/** Runs steps with a cache of their own, on a computer with a PATH that has no pulumi and no Go. */
function run(steps: string, cache: string, downloads = server.url): Promise<Result[]> {
  const bin = path.join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  return runModule<Result[]>(
    `
    import { openProject } from "./toolchain/mechanics/project.mjs";
    import { runGraph } from "./toolchain/mechanics/graph.mjs";
    import { engineSteps } from "./toolchain/steps/engine.mjs";
    import { pluginSteps } from "./toolchain/steps/plugins.mjs";
    const project = openProject();
    const steps = (${steps})(project);
    const results = await runGraph(steps, { signal: new AbortController().signal });
    result(results.map((r) => ({ name: r.name, status: r.status, detail: r.outcome?.detail, message: r.error?.message })));`,
    {
      PATH: "/bin:/usr/bin",
      HOME: folder,
      HIVE_CACHE: path.join(folder, cache),
      HIVE_DOWNLOADS: downloads,
      HIVE_GO: "none",
    },
  );
}

const engine = "(project) => engineSteps(project)";

function engineFile(cache: string, name: string): Promise<string> {
  return runModule(`
    import { cacheLayout } from "./toolchain/mechanics/cache.mjs";
    result(cacheLayout({ env: { HIVE_CACHE: ${JSON.stringify(path.join(folder, cache))} } }).engine + "/${name}");`);
}

describe("the engine from its official release", () => {
  it("is downloaded once for CLI and language host, verified, and found by the next run without the network", async () => {
    const { archive, sha256 } = archiveOf(folder, programs, cli);
    server.files.set(archivePath, archive);
    server.files.set(checksumsPath, Buffer.from(`${sha256}  ${path.basename(archivePath)}\n`));
    const first = await run(engine, "verified");
    expect(first.map((result) => result.status)).toEqual(["done", "done"]);
    expect(first[0]?.detail).toContain("checksum verified");
    expect(server.asked.filter((url) => url === archivePath)).toHaveLength(1);
    server.asked.length = 0;
    const second = await run(engine, "verified");
    expect(second.map((result) => result.status)).toEqual(["done", "done"]);
    expect(server.asked).toEqual([]);
    expect(readFileSync(await engineFile("verified", "pulumi"), "utf8")).toContain(cli);
  });

  it("is not taken when its checksum is wrong", async () => {
    const { archive, sha256 } = archiveOf(folder, programs, cli);
    server.files.set(archivePath, archive);
    server.files.set(
      checksumsPath,
      Buffer.from(`${"0".repeat(64)}  ${path.basename(archivePath)}\n`),
    );
    // The release on GitHub is asked next; here it does not exist, so the last word is its 404.
    const [first] = await run(engine, "wrong");
    expect(first?.status).toBe("failed");
    expect(existsSync(await engineFile("wrong", "pulumi"))).toBe(false);
    server.files.set(checksumsPath, Buffer.from(`${sha256}  ${path.basename(archivePath)}\n`));
    expect((await run(engine, "wrong"))[0]?.status).toBe("done");
  });

  it("is not taken when nobody says what its checksum is", async () => {
    const { archive } = archiveOf(folder, programs, cli);
    server.files.set(archivePath, archive);
    const [first] = await run(engine, "unknown");
    expect(first?.status).toBe("failed");
    expect(existsSync(await engineFile("unknown", "pulumi"))).toBe(false);
  });

  it("is judged by the checksum that the project has, and not by the publisher's", async () => {
    const { archive, sha256 } = archiveOf(folder, programs, cli);
    const name = path.basename(archivePath);
    server.files.set(archivePath, archive);
    const judged = (pinned: string): Promise<{ problem?: string }> =>
      runModule(`
        import fs from "node:fs";
        import { downloadArchive } from "./toolchain/mechanics/download.mjs";
        const archive = { urls: [${JSON.stringify(server.url + archivePath)}], checksums: ${JSON.stringify(server.url + checksumsPath)}, pinned: { ${JSON.stringify(name)}: ${JSON.stringify(pinned)} } };
        const folder = fs.mkdtempSync(${JSON.stringify(path.join(folder, "pinned-"))});
        const options = { folder, env: {}, signal: new AbortController().signal, report: () => {} };
        result(await downloadArchive(archive, options));`);
    server.files.set(checksumsPath, Buffer.from(`${sha256}  ${name}\n`));
    expect((await judged("0".repeat(64))).problem).toMatch(
      /SHA-256 is [0-9a-f]{64}, but toolchain\/versions\.json says 0{64}/,
    );
    server.files.set(checksumsPath, Buffer.from(`${"0".repeat(64)}  ${name}\n`));
    expect(await judged(sha256)).toEqual({});
  });

  it.each([
    ["no server answers", undefined],
    ["downloads are off", "none"],
  ])(
    "and no Go either, when %s, is an error that names both ways out",
    async (_what, downloads) => {
      const [first] = await run(engine, `closed-${downloads ?? "404"}`, downloads ?? server.url);
      expect(first?.message).toMatch(
        /download nor a build of the Pulumi CLI 3\.259\.0 is possible: .+, and Go is not installed to build it/,
      );
    },
  );

  it("that does not run on this computer is thrown away and named", async () => {
    const broken = path.join(folder, "broken");
    const { archive, sha256 } = archiveOf(broken, programs, "x; exit 1");
    server.files.set(archivePath, archive);
    server.files.set(checksumsPath, Buffer.from(`${sha256}  ${path.basename(archivePath)}\n`));
    const [first] = await run(engine, "broken");
    expect(first).toMatchObject({ name: "cli", status: "failed" });
    expect(first?.message).toContain("does not run on this computer");
    expect(existsSync(await engineFile("broken", "pulumi"))).toBe(false);
  });
});

describe("a plugin from its official release", () => {
  it("lands where the engine looks for exactly that version", async () => {
    const version = "4.21.2";
    const names = platform.replace("x64", "amd64");
    const { archive, sha256 } = archiveOf(
      path.join(folder, "plugin"),
      ["pulumi-resource-random"],
      version,
    );
    const name = `pulumi-resource-random-v${version}-${names}.tar.gz`;
    server.files.set(`/get/releases/plugins/${name}`, archive);
    server.files.set(
      `/github/pulumi/pulumi-random/releases/download/v${version}/pulumi-random_${version}_checksums.txt`,
      Buffer.from(`${sha256}  ${name}\n`),
    );
    const [result] = await run(
      `(project) => pluginSteps(project).filter((step) => step.name === "plugin-random")`,
      "plugin",
    );
    expect(result).toMatchObject({ status: "done", detail: "4.21.2, downloaded" });
    const home = await runModule<string>(`
      import { cacheLayout } from "./toolchain/mechanics/cache.mjs";
      result(cacheLayout({ env: { HIVE_CACHE: ${JSON.stringify(path.join(folder, "plugin"))} } }).home);`);
    expect(
      existsSync(path.join(home, "plugins/resource-random-v4.21.2/pulumi-resource-random")),
    ).toBe(true);
  });
});

describe("checksums", () => {
  it.each([
    ["the line of that file", "aaaa  other\nBBBB  wanted.tar.gz\n", "wanted.tar.gz", "b"],
    ["a line with a binary mark", "BBBB *wanted.tar.gz\n", "wanted.tar.gz", "b"],
    [
      "nothing for a file that only ends like it",
      "BBBB  unwanted.tar.gz\n",
      "wanted.tar.gz",
      undefined,
    ],
  ])("give %s", async (_what, text, name, letter) => {
    const lines = text.replace(/a{4}/g, "a".repeat(64)).replace(/B{4}/g, "B".repeat(64));
    const digest = await runModule<string | null>(`
      import { digestIn } from "./toolchain/mechanics/download.mjs";
      result(digestIn(${JSON.stringify(lines)}, ${JSON.stringify(name)}) ?? null);`);
    expect(digest).toBe(letter === undefined ? null : letter.repeat(64));
  });
});
