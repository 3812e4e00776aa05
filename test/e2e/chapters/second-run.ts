import type { StageUnderTest } from "../stage-under-test";

export function secondRun(site: StageUnderTest): void {
  describe("a second run", () => {
    it("changes nothing, and opens no SSH session", async () => {
      const before = site.logins();
      // Building the stage took some: a count of none would mean that the journal was not read.
      expect(before).toBeGreaterThan(0);
      expect(await site.changesOf("up", "--yes", "--skip-preview")).toBe("");
      expect(site.logins() - before).toBe(0);
    });

    it("has an empty preview", async () => {
      expect(await site.changesOf("preview")).toBe("");
    });

    it("keeps every rule of the policy pack; a broken one stops the preview, with its remedy", async () => {
      const withPack = ["preview", "--policy-pack", "policy/run"];
      const kept = await site.stage.hive(["pulumi", "--", ...withPack]);
      expect(kept.output).toMatch(/Policies:[^]*hive@/);
      expect(kept.output).not.toMatch(/\[(mandatory|advisory)\]|can't run policy/);
      expect(kept.code).toBe(0);
      const rule = "policy/rules/resources-per-host.ts";
      const text = site.stage.read(rule);
      site.stage.write(rule, text.replace("hive: 6", "hive: 1").replace("advisory", "mandatory"));
      const broken = await site.stage.hive(["pulumi", "--", ...withPack]);
      site.stage.write(rule, text);
      expect(broken.output).toMatch(/\[mandatory\].* resources-per-host[^]*at most 1 are wanted/);
      expect(broken.code).not.toBe(0);
    });

    it("finds no drift in a refresh", async () => {
      expect(await site.changesOf("refresh", "--yes", "--skip-preview")).toBe("");
    });
  });
}
