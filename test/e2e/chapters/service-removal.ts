import { restoreSite } from "../extended-site";
import type { StageUnderTest } from "../stage-under-test";
import { noneLeft, script, Services } from "./service-kinds";

/** The services of `serviceModel` are taken out of the site again. */
export function serviceRemoval(site: StageUnderTest): void {
  const { stage } = site;
  const { updatedAt, names } = new Services(site);

  describe("services that are no longer in the site", () => {
    it("are removed with their networks, secrets and configs; the others are left alone", async () => {
      const before = updatedAt("gate");
      restoreSite(stage);
      stage.write("site/images/probe/Dockerfile", undefined);
      stage.write(script, undefined);
      await site.up();
      noneLeft(names);
      expect(names("service")).not.toContain("blank");
      expect(updatedAt("gate")).toBe(before);
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
