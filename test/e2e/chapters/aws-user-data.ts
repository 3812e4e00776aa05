import type { RehearsedSite } from "../rehearsed-site";
import { secretsInState } from "./secrets";

/**
 * What whoever may ask EC2 for user data learns.
 *
 * @param given values that the operator gave, by name
 */
export function awsUserData(
  site: RehearsedSite,
  given: Readonly<Record<string, string>> = {},
): void {
  describe("the user data of servers", () => {
    it("holds no secret but the host key of the first boot, which the first session has replaced", async () => {
      const secrets = [
        ...(await secretsInState(site)),
        ...Object.entries(given).map(([name, needle]) => ({ name, needle })),
      ];
      for (const index of [0, 1, 2, 3]) {
        const { InstanceId } = site.instance(index);
        const { UserData } = site.ec2("describe_instance_attribute", {
          InstanceId,
          Attribute: "userData",
        });
        const text = Buffer.from(UserData.Value as string, "base64").toString();
        const held = secrets.filter(({ needle }) => text.includes(needle));
        expect(held.map(({ name }) => name)).toEqual([`fleet-hive${index}-boot-host-key`]);
        const [, booted = "none"] = /"ed25519_public": ?"(ssh-ed25519 [\w+/=]+)/.exec(text) ?? [];
        expect(booted).toMatch(/^ssh-ed25519 AAAA/);
        expect(site.onHost(index, "cat /etc/ssh/ssh_host_*.pub")).not.toContain(booted);
      }
    });
  });
}
