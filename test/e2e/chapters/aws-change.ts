import { parse } from "yaml";
import type { RehearsedSite } from "../rehearsed-site";

/** A change that takes every server away for a while. */
export function awsChange(site: RehearsedSite): void {
  describe("another instance type", () => {
    it("takes one server away at a time: the next one goes when this one is back with its tasks", async () => {
      const { stage } = site;
      const { config } = parse(stage.read(stage.file)) as {
        config: { "hive:aws": { instanceTypes: { cluster: string } } };
      };
      const options = config["hive:aws"];
      const ids = [0, 1, 2].map((index) => site.instance(index).InstanceId);
      stage.configure({
        aws: { ...options, instanceTypes: { ...options.instanceTypes, cluster: "t3.large" } },
      });
      const preview = await stage.hive(["preview"]);
      expect(preview.output).toMatch(/server hive2: t3.medium → t3.large; .*LESS REDUNDANT/);
      const watch = site.watchPages();
      await site.up();
      const { looks, mostAway } = await watch.end();
      expect(looks).toBeGreaterThan(30);
      expect(mostAway).toBe(1);
      expect([0, 1, 2].map((index) => site.instance(index))).toEqual(
        ids.map((InstanceId): unknown =>
          expect.objectContaining({ InstanceId, InstanceType: "t3.large" }),
        ),
      );
      await site.pages(site.namesItsHost);
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
