import type { RehearsedSite } from "../rehearsed-site";
import { eventually } from "../test-stage";

/** A server that is gone, and the one that takes its place. */
export function awsReplacement(site: RehearsedSite): void {
  describe("a server whose instance was terminated", () => {
    it("is missed by the preview of each resource, and made anew with the same address, disk and data; the others stay", async () => {
      const index = site.hostOf("ldap");
      const before = { ...site.instance(index), disks: site.volumesOf(index) };
      const others = [0, 1, 2, 3].filter((each) => each !== index);
      const kept = others.map((each) => site.instance(each).InstanceId);
      site.onHost(
        index,
        "echo kept > $(docker volume inspect ldap-data --format '{{.Mountpoint}}')/kept-by-hand",
      );
      site.ec2("terminate_instances", { InstanceIds: [before.InstanceId] });
      const preview = await site.stage.hive(["pulumi", "--", "preview"]);
      expect(preview.output).toMatch(
        new RegExp(`EC2 does not know the instance ${before.InstanceId}[^]*--refresh`),
      );
      await site.up("--refresh");
      const after = { ...site.instance(index), disks: site.volumesOf(index) };
      expect(after.InstanceId).not.toBe(before.InstanceId);
      expect(after.PublicIpAddress).toBe(before.PublicIpAddress);
      expect(after.disks).toEqual(before.disks);
      expect(others.map((each) => site.instance(each).InstanceId)).toEqual(kept);
      await eventually(60, () => (site.hostsOf("ldap").length === 1 ? true : undefined));
      expect(
        site.onHost(
          index,
          "cat $(docker volume inspect ldap-data --format '{{.Mountpoint}}')/kept-by-hand",
        ),
      ).toBe("kept");
      await site.pages(site.namesItsHost);
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}
