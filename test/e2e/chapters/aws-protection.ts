import { parse } from "yaml";
import type { RehearsedSite } from "../rehearsed-site";

/** A stage whose servers, addresses and disks are protected, as production's are. */
export function awsProtection(site: RehearsedSite): void {
  describe("a protected stage", () => {
    const { stage } = site;
    const options = (): Record<string, unknown> =>
      (parse(stage.read(stage.file)) as { config: Record<string, Record<string, unknown>> }).config[
        "hive:aws"
      ] ?? {};
    const resourceOf = async (name: string): Promise<{ readonly urn: string } | undefined> => {
      const { stdout } = await stage.hive(["pulumi", "--", "stack", "export"]);
      const { deployment } = JSON.parse(stdout) as { deployment: { resources: { urn: string }[] } };
      return deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`));
    };
    const before = new Map<string, unknown>();

    it("refuses to replace a server, and to be destroyed, before anything is touched", async () => {
      before.set("options", options());
      stage.configure({ aws: { ...options(), protect: true } });
      await site.up();
      const tagged = site.tagged();
      const { urn = "" } = (await resourceOf("fleet-hive1")) ?? {};
      expect(urn).toContain("aws:ec2/instance:Instance");
      const replace = await stage.hive([
        ...["pulumi", "--", "up", "--yes", "--skip-preview", "--replace", urn],
      ]);
      expect(replace.code).not.toBe(0);
      expect(replace.output).toMatch(/fleet-hive1[^]*protect/);
      const destroy = await stage.hive(["destroy", "--yes"]);
      expect(destroy.code).not.toBe(0);
      expect(destroy.output).toMatch(/protect/);
      expect(site.tagged()).toEqual(tagged);
      expect(site.instance(1)).toMatchObject({ State: { Name: "running" } });
      await site.pages(site.namesItsHost);
    });

    it("has a server replaced by `hive replace`, with its address and disks, and protects it again", async () => {
      const before = { ...site.instance(1), disks: site.volumesOf(1) };
      const kept = [0, 2, 3].map((index) => site.instance(index).InstanceId);
      const run = await stage.hive(["replace", "hive1", "--yes"], { deadlineSeconds: 720 });
      expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
      const after = { ...site.instance(1), disks: site.volumesOf(1) };
      expect(after.InstanceId).not.toBe(before.InstanceId);
      expect(after.PublicIpAddress).toBe(before.PublicIpAddress);
      expect(after.disks).toEqual(before.disks);
      expect([0, 2, 3].map((index) => site.instance(index).InstanceId)).toEqual(kept);
      expect(await resourceOf("fleet-hive1")).toMatchObject({
        id: after.InstanceId,
        protect: true,
      });
      await site.pages(site.namesItsHost);
    });

    it("is free again when the stage says so", async () => {
      stage.configure({ aws: before.get("options") });
      await site.up();
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
