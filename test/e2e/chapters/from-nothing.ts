import type { StageUnderTest } from "../stage-under-test";

/** @param moments - seconds after the start of a run at which Ctrl-C ends it, one run for each. */
export function fromNothing(site: StageUnderTest, moments: readonly number[]): void {
  describe("from nothing", () => {
    it("survives Ctrl-C, and comes up whole afterwards", async () => {
      for (const seconds of moments) {
        const child = site.stage.start(["up", "--yes"]);
        const ended = new Promise((resolve) => child.once("exit", resolve));
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
        child.kill("SIGINT");
        await ended;
      }
      const output = await site.up();
      for (const phase of ["build-infra", "setup-hosts", "build-images", "deploy-services"]) {
        expect(output).toContain(phase);
      }
      expect(output).toContain(`http://${site.addresses[0]}/`);
      await site.pages(site.namesItsHost);
    });
  });
}
