import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StageUnderTest } from "../stage-under-test";

const root = join(__dirname, "..", "..", "..");

/**
 * The example program of another team, with the packed package `@hive/outputs` and nothing else of
 * hive, against the running stage.
 */
export function consumer(site: StageUnderTest): void {
  describe("a program of another team", () => {
    const folder = mkdtempSync(join(tmpdir(), "hive-consumer-"));
    const reference = "organization/hive/private";

    /** @throws Error with all output when it fails. */
    function run(command: string, args: readonly string[], cwd: string): string {
      const done = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 120_000 });
      if (done.status !== 0) throw new Error(`${command}: ${done.stdout}\n${done.stderr}`);
      return done.stdout;
    }

    /** The engine with the stage's state, as `pulumi` in the other team's folder has it. */
    function pulumi(...args: string[]): { readonly code: number | null; readonly output: string } {
      return pulumiIn(folder, ...args);
    }

    function pulumiIn(
      cwd: string,
      ...args: string[]
    ): { readonly code: number | null; readonly output: string } {
      const environment: NodeJS.ProcessEnv = {
        ...process.env,
        PULUMI_BACKEND_URL: `file://${join(site.stage.directory, ".hive", "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "of the other team",
      };
      delete environment["PULUMI_CONFIG_PASSPHRASE_FILE"];
      delete environment["PULUMI_LANGUAGE_NODEJS_RUN_PATH"];
      const done = spawnSync("pulumi", [...args, "--non-interactive", "--color=never"], {
        ...{ cwd, env: environment, encoding: "utf8", timeout: 120_000 },
      });
      return { code: done.status, output: done.stdout + done.stderr };
    }

    beforeAll(() => {
      cpSync(join(root, "examples", "consumer"), folder, { recursive: true });
      const packed = join(folder, "packed");
      mkdirSync(packed);
      const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
      run(process.execPath, [tsc, "--project", "outputs/tsconfig.json"], root);
      run("npm", ["pack", "--ignore-scripts", "--pack-destination", packed], join(root, "outputs"));
      const installed = join(folder, "node_modules", "@hive", "outputs");
      mkdirSync(installed, { recursive: true });
      run(
        "tar",
        ["-xzf", join(packed, "hive-outputs-1.0.0.tgz"), "--strip-components=1"],
        installed,
      );
      // What npm would fetch beside it.
      for (const name of ["@pulumi", "@types", "typescript", "zod"])
        symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
      expect(pulumi("stack", "init", "watch").output).toContain("watch");
    });

    afterAll(() => {
      const removed = pulumi("stack", "rm", "--yes", "--force", "watch");
      rmSync(folder, { recursive: true, force: true });
      if (removed.code !== 0) throw new Error(removed.output);
    });

    it("reads where a service answers, with types that the compiler checks", async () => {
      run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."], folder);
      pulumi("config", "set", "hive", reference);
      const up = pulumi("up", "--yes", "--skip-preview");
      expect(up.output).toMatch(/urls/);
      expect(up.code).toBe(0);
      const { urls, addresses } = JSON.parse(pulumi("stack", "output", "--json").output) as {
        readonly urls: readonly string[];
        readonly addresses: readonly string[];
      };
      expect(addresses).toEqual(site.addresses);
      expect(urls.length).toBeGreaterThan(0);
      await expect(fetch(urls[0] ?? "", { redirect: "manual" })).resolves.toBeDefined();
    });

    it("says which services there are when the one that it wants is not", () => {
      pulumi("config", "set", "service", "portaal");
      const up = pulumi("up", "--yes", "--skip-preview");
      expect(up.code).not.toBe(0);
      expect(up.output).toMatch(/runs no service "portaal". It runs: .*portal/);
      pulumi("config", "rm", "service");
    });

    it("says that a stack is no hive, and what to do", () => {
      pulumi("config", "set", "hive", "organization/portal-watch/watch");
      const up = pulumi("up", "--yes", "--skip-preview");
      expect(up.code).not.toBe(0);
      expect(up.output).toMatch(/outputsVersion: missing[^]*Check the stack's name/);
    });

    it("says which package reads the outputs of a newer hive", () => {
      // A stack as a hive of the next major version would leave it.
      const newer = join(folder, "newer");
      mkdirSync(newer);
      writeFileSync(join(newer, "Pulumi.yaml"), "name: newer\nruntime: nodejs\n");
      writeFileSync(join(newer, "package.json"), JSON.stringify({ main: "index.js" }));
      writeFileSync(join(newer, "index.js"), 'exports.outputsVersion = "2.0";\n');
      for (const args of [
        ["stack", "init", "later"],
        ["up", "--yes", "--skip-preview"],
      ]) {
        const made = pulumiIn(newer, ...args);
        expect([made.code, made.code === 0 ? "" : made.output]).toEqual([0, ""]);
      }
      try {
        pulumi("config", "set", "hive", "organization/newer/later");
        const up = pulumi("up", "--yes", "--skip-preview");
        expect(up.code).not.toBe(0);
        expect(up.output).toMatch(/has outputs of version 2\.0;[^]*Install @hive\/outputs@2 and/);
      } finally {
        pulumiIn(newer, "stack", "rm", "--yes", "--force", "later");
      }
    });
  });
}
