import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StageUnderTest } from "../stage-under-test";
import { type Finished, TestStage } from "../test-stage";

/** Who may log in on the servers, and from where the stage is run. */
export function access(site: StageUnderTest): void {
  describe("any clone and any operator", () => {
    const { stage } = site;
    const folder = mkdtempSync(join(tmpdir(), "hive-anna-"));
    const annasKey = join(folder, "id_ed25519");
    let clone: TestStage;
    /** Runs in the other clone, on the stage of the first one. */
    const there = (args: readonly string[], key?: string): Promise<Finished> =>
      clone.hive(args, {
        deadlineSeconds: 600,
        environment: {
          PULUMI_BACKEND_URL: `file://${join(stage.directory, ".hive", "state")}`,
          PULUMI_CONFIG_PASSPHRASE_FILE: join(stage.directory, ".hive", "passphrase"),
          ...(key === undefined ? {} : { HIVE_SSH_KEY: key }),
        },
      });
    const tasks = (): string =>
      site.inside(0, "bash", "-c", "docker service ps --no-trunc --quiet $(docker service ls -q)");
    const list = (index: number): string =>
      site.inside(index, "cat", "/etc/ssh/authorized_keys/hive");
    const operators = (value: unknown): void => {
      for (const each of [stage, clone]) each.configure({ operators: value });
    };

    beforeAll(() => {
      spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "anna", "-f", annasKey]);
      clone = new TestStage("e2e", { cidr: site.cidr });
    });
    afterAll(() => {
      clone.remove();
      rmSync(folder, { recursive: true });
    });

    it("a clone at another place finds nothing to change, and no drift", async () => {
      const preview = await there(["pulumi", "--", "preview", "--expect-no-changes"]);
      expect(preview).toMatchObject({ code: 0 });
      const refresh = ["refresh", "--yes", "--skip-preview", "--expect-no-changes"];
      expect(await there(["pulumi", "--", ...refresh])).toMatchObject({ code: 0 });
      expect(await site.changesOf("preview")).toBe("");
    });

    it("no path of a computer stands in the state, and the stage's own key once, encrypted", async () => {
      const key = readFileSync(join(stage.directory, ".hive/private/ssh/id_ed25519"), "utf8");
      const exported = async (...more: string[]): Promise<string> =>
        (await stage.hive(["pulumi", "--", "stack", "export", ...more])).stdout;
      const plain = await exported();
      expect(plain).not.toContain("PRIVATE KEY");
      for (const path of [stage.directory, clone.directory, tmpdir()])
        expect(plain).not.toContain(`${path}/`);
      // The first lines are alike in all keys; the secret part begins in the third.
      const secret = key.trim().split("\n")[3] ?? "";
      expect(secret).toHaveLength(70);
      expect((await exported("--show-secrets")).split(secret).length - 1).toBe(1);
    });

    it("servers let in the operators alone: the bootstrap key opens none any more", () => {
      for (const index of [0, 1, 2, 3])
        expect(list(index)).toMatch(/^ssh-ed25519 \S+ operator@\S+\n?$/);
    });

    it("an operator takes over from another clone, and no service is touched", async () => {
      const before = tasks();
      operators([{ name: "anna", publicKey: readFileSync(`${annasKey}.pub`, "utf8").trim() }]);
      const refused = await there(["up", "--yes"]);
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/is one of the operators of the stage: anna\./);

      const run = await there(["up", "--yes"], annasKey);
      expect(run).toMatchObject({ code: 0 });
      expect(tasks()).toBe(before);
      for (const index of [0, 1, 2, 3]) expect(list(index)).toMatch(/^ssh-ed25519 \S+ anna\n?$/);
      expect((await there(["ssh", "hive1", "--", "true"], annasKey)).code).toBe(0);
      expect((await stage.hive(["ssh", "hive1", "--", "true"])).code).not.toBe(0);
    });

    it("a computer with no key of an operator previews, and says what it did not look at", async () => {
      const preview = await stage.hive(["pulumi", "--", "preview", "--expect-no-changes"]);
      expect(preview.code).toBe(0);
      expect(preview.output).toMatch(/anna\..*\n.*it did not check the servers/);
    });

    it("a key that somebody added on a server is found, and removed", async () => {
      site.onHost(1, "echo 'ssh-ed25519 AAAA intruder' >> /etc/ssh/authorized_keys/hive");
      const run = await there(["up", "--yes", "--refresh"], annasKey);
      expect(run).toMatchObject({ code: 0 });
      expect(list(1)).toMatch(/^ssh-ed25519 \S+ anna\n?$/);
    });

    it("without operators the stage has a key of its own again, which reaches both clones", async () => {
      operators(undefined);
      expect(await there(["up", "--yes"], annasKey)).toMatchObject({ code: 0 });
      expect((await stage.hive(["ssh", "hive0", "--", "true"])).code).toBe(0);
      expect((await there(["ssh", "hive0", "--", "true"])).code).toBe(0);
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
