import { join } from "node:path";
import { readFileSync } from "node:fs";
import { type StageUnderTest, statusPage } from "../stage-under-test";

/** What operators do with one service: the quick way out, the way back, a look inside. */
export function operators(site: StageUnderTest): void {
  const { stage } = site;
  const hive = async (...args: string[]): Promise<string> => {
    const run = await stage.hive(args);
    if (run.code !== 0) throw new Error(`hive ${args.join(" ")}: ${run.code}\n${run.output}`);
    return run.stdout;
  };
  const shows = (edition: string) => (text: string, index: number) =>
    site.namesItsHost(text, index) && text.includes(`(${edition})`);
  const pins = (): string => readFileSync(join(stage.directory, "Pulumi.private.yaml"), "utf8");

  describe("one service", () => {
    it("is deployed alone, and rolled back to the release before, which then stays", async () => {
      const portal = site.inspectService("portal", "{{.UpdatedAt}}");
      stage.edit(statusPage, "(second edition)", "(third edition)");
      await hive("deploy", "gate", "--yes");
      await site.pages(shows("third edition"));
      await hive("rollback", "gate", "--yes");
      await site.pages(shows("second edition"));
      expect(pins()).toMatch(/hive:pins:\n\s+gate: sha256:[0-9a-f]{64}/);
      await site.up();
      await site.pages(shows("second edition"), 5);
      await hive("unpin", "gate", "--yes");
      await site.pages(shows("third edition"));
      expect(pins()).not.toContain("gate: sha256");
      expect(site.inspectService("portal", "{{.UpdatedAt}}")).toBe(portal);
      expect(await site.changesOf("preview")).toBe("");
    });

    it("leaves a server that is drained, with its data, and comes back when it may", async () => {
      const before = site.hostOf("ldap");
      const said = await hive("drain", `hive${before}`, "--yes");
      expect(said).toMatch(/is drained: it runs no tasks/);
      expect(site.hostOf("ldap", (before + 1) % 3)).not.toBe(before);
      expect(site.onHost(before, "docker ps --quiet --filter label=com.docker.swarm.task.id")).toBe(
        "",
      );
      const second = await stage.hive(["drain", `hive${(before + 1) % 3}`, "--yes"]);
      expect([second.code, second.output]).toEqual([
        1,
        expect.stringMatching(/is already drained or paused: the tasks would have too few servers/),
      ]);
      await hive("undrain", `hive${before}`);
      await site.pages(site.namesItsHost);
      expect((await stage.hive(["drain", "hive3", "--yes"])).code).toBe(2);
      expect(await site.changesOf("preview")).toBe("");
    });

    it("is looked into wherever it runs: a command, a file, its output", async () => {
      expect((await hive("exec", "ldap", "--", "hostname")).trim()).toBe(
        site.host(site.hostOf("ldap")),
      );
      await hive("cp", "ldap:/etc/hostname", join(stage.directory, "copied"));
      expect(stage.read("copied").trim()).toBe(site.host(site.hostOf("ldap")));
      expect(await hive("logs", "gate", "--tail", "5")).toMatch(/gate/);
    });
  });
}
