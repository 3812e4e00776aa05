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

    it("finds no drift in a refresh", async () => {
      expect(await site.changesOf("refresh", "--yes", "--skip-preview")).toBe("");
    });
  });
}
