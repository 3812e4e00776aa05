import type { RehearsedSite } from "../rehearsed-site";

/** What was changed in the account by hand. */
export function awsDrift(site: RehearsedSite): void {
  describe("what was changed in the account by hand", () => {
    it("is mended by a plain up: a stopped server, a lost address, a detached disk", async () => {
      const stopped = site.instance(0);
      const nameless = site.instance(1);
      const bare = site.instance(2);
      const disk = site.volumesOf(2)[0];
      site.ask(
        ["ec2", "stop_instances", { InstanceIds: [stopped.InstanceId] }],
        ["ec2", "disassociate_address", { PublicIp: nameless.PublicIpAddress }],
        ["ec2", "detach_volume", { VolumeId: disk, InstanceId: bare.InstanceId }],
      );
      const found = await site.changesOf("preview");
      for (const part of ["hive0-power", "hive1-address", "hive2-ldap-data-attachment"])
        expect(found).toContain(`fleet-${part}`);
      await site.up();
      expect(site.instance(0)).toMatchObject({
        InstanceId: stopped.InstanceId,
        State: { Name: "running" },
      });
      expect(site.instance(1).PublicIpAddress).toBe(nameless.PublicIpAddress);
      expect(site.volumesOf(2)).toEqual([disk]);
      await site.pages(site.namesItsHost);
      expect(await site.changesOf("preview")).toBe("");
    });
  });
}

/** What a plain `up` does not look at. */
export function awsRefresh(site: RehearsedSite): void {
  describe("what was changed in the account by hand", () => {
    it("is found by a refresh and mended: a rule that was taken away, a tag that was changed", async () => {
      const rule = site.rules().find(({ FromPort: port }) => port === 80);
      const { InstanceId: instance } = site.instance(1);
      site.ask(
        [
          "ec2",
          "revoke_security_group_ingress",
          { GroupId: rule?.GroupId, SecurityGroupRuleIds: [rule?.SecurityGroupRuleId] },
        ],
        ["ec2", "create_tags", { Resources: [instance], Tags: [{ Key: "hive:role", Value: "x" }] }],
      );
      const found = await site.changesOf("preview", "--refresh", "--diff");
      expect(found).toContain("rule-tcp-80");
      expect(found).toContain("hive:role");
      await site.up("--refresh");
      expect(site.rules().some(({ FromPort: port }) => port === 80)).toBe(true);
      expect(await site.changesOf("refresh", "--yes", "--skip-preview")).toBe("");
      await site.pages(site.namesItsHost);
    });
  });
}
