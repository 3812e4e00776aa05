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
    const urnOf = async (name: string): Promise<string> => {
      const { stdout } = await stage.hive(["pulumi", "--", "stack", "export"]);
      const { deployment } = JSON.parse(stdout) as { deployment: { resources: { urn: string }[] } };
      return deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))?.urn ?? "";
    };
    const before = new Map<string, unknown>();

    it("refuses to replace a server, and to be destroyed, before anything is touched", async () => {
      before.set("options", options());
      stage.configure({ aws: { ...options(), protect: true } });
      await site.up();
      const tagged = site.tagged();
      const urn = await urnOf("fleet-hive1");
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

    it("is free again when the stage says so", async () => {
      stage.configure({ aws: before.get("options") });
      await site.up();
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
