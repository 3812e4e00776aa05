import { join } from "node:path";
import { filesBelow } from "../files-below";
import type { StageUnderTest } from "../stage-under-test";
import { docker } from "../test-stage";

export function destroy(site: StageUnderTest): void {
  describe("destroy", () => {
    it("leaves no container, network, volume or file of the stage, though a server is dead and the site was renamed", async () => {
      site.kill(0);
      // Whose stage it is stands in its state: the site may have got another name meanwhile.
      site.stage.configure({ siteName: "renamed.hive.example" });
      const run = await site.stage.hive(["destroy", "--yes"]);
      expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
      expect(
        docker("ps", "--all", "--quiet", "--filter", `label=hive.site=${site.stage.siteName}`),
      ).toBe("");
      expect(
        docker("network", "ls", "--quiet", "--filter", `label=hive.site=${site.stage.siteName}`),
      ).toBe("");
      expect(
        docker("volume", "ls", "--quiet", "--filter", `label=hive.site=${site.stage.siteName}`),
      ).toBe("");
      expect(filesBelow(join(site.stage.directory, ".hive"))).toEqual([]);
      // A second one finds nothing and is content.
      expect((await site.stage.hive(["destroy", "--yes"])).code).toBe(0);
    });
  });
}
