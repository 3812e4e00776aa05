import * as pulumi from "@pulumi/pulumi";
import { Hive } from "../../components/hive";
import type { Fleet } from "../../fleet/fleet";
import { PreparedFleet } from "../../fleet/prepared/servers";
import { snapshotOf } from "../../model/changes/snapshot";
import { planStack } from "../../model/plan-site";
import { site } from "../../site/site";
import { record, type Recorded } from "./recorder";

// Each provider's text is serialized once; that takes seconds on a busy computer.
jest.setTimeout(120_000);

const hostKey = (index: number): string => `ssh-ed25519 ${"ABCD"[index]?.repeat(60)}`;
const servers = Object.fromEntries(
  [0, 1, 2, 3].map((index) => [
    `hive${index}`,
    {
      address: `203.0.113.${10 + index}`,
      hostKey: `${hostKey(index)} root@rack`,
      privateAddress: `10.17.16.${10 + index}`,
      ...(index === 1 ? { user: "debian", devices: { "ldap-data": "/dev/disk/by-id/one" } } : {}),
    },
  ]),
);
const operator = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDs1u1D5N3vWqf3d6QqfbKq5cGmEJzJ0qkQ5sJ2u4b9M";

async function declare(): Promise<{ resources: readonly Recorded[]; fleet: Fleet }> {
  const plan = planStack({
    stackName: "private",
    config: {
      "hive:fleet": "prepared",
      "hive:cidr": "10.17.16.0/24",
      "hive:prepared": JSON.stringify({ hosts: servers }),
      "hive:operators": JSON.stringify([{ name: "anna", publicKey: operator }]),
      "hive:oneTimePasswords": JSON.stringify({ hive1: "once" }),
    },
    site,
    building: true,
  });
  let fleet: Fleet | undefined;
  const resources = await record(() => {
    pulumi.runtime.setAllConfig({ "hive:oneTimePasswords": JSON.stringify({ hive1: "once" }) }, [
      "hive:oneTimePasswords",
    ]);
    new Hive("hive", {
      plan,
      snapshot: snapshotOf(plan, { contexts: {}, files: {} }),
      partial: false,
      buildFleet: (name, args, opts) => (fleet = new PreparedFleet(name, { ...args, plan }, opts)),
      stageSecrets: pulumi.secret<Record<string, string>>({}),
    });
  });
  if (fleet === undefined) throw new Error("No fleet was built.");
  return { resources, fleet };
}

describe("servers that exist", () => {
  let resources: readonly Recorded[];
  let fleet: Fleet;
  beforeAll(async () => ({ resources, fleet } = await declare()));
  const ofType = (type: string): Recorded[] =>
    resources.filter((each) => each.type === `pulumi-nodejs:dynamic/hive:${type}`);

  it("are neither made nor started: nothing of this computer's Docker Engine is declared", () => {
    expect(resources.filter(({ type }) => type.startsWith("docker:"))).toEqual([]);
    expect(ofType("ContainerPower")).toEqual([]);
    expect(ofType("SshKeyPair")).toEqual([]);
  });

  it("get the admin user over the first contact that the stage names, with its one-time password", () => {
    const contacts = ofType("AdminUser").map(({ inputs }) => inputs);
    expect(contacts.map(({ firstUser }) => firstUser)).toEqual(["root", "debian", "root", "root"]);
    expect(contacts.map(({ password }) => password)).toEqual([
      undefined,
      "once",
      undefined,
      undefined,
    ]);
  });

  it("are reached at their own address, by the key that the stage pins", () => {
    const hosts = ofType("HostStep").map(({ inputs }) => inputs["host"] as Record<string, string>);
    expect(hosts.length).toBeGreaterThanOrEqual(8);
    for (const { address = "", hostKey: pinned, user } of hosts) {
      const index = Number(address.split(".")[3]) - 10;
      expect([pinned, user]).toEqual([hostKey(index), "hive"]);
    }
  });

  it("are set up once they have their admin user", () => {
    for (const host of ["hive0", "hive1", "hive2", "hive3"]) {
      const base = resources.find(({ name }) => name === `setup-${host}-base`);
      const waitsFor = [base?.options.dependsOn].flat() as { __name?: string }[];
      expect(waitsFor.map(({ __name }) => __name)).toEqual([`fleet-${host}-admin-user`]);
    }
  });

  it("have the devices that the stage names for volumes, and no others", async () => {
    const devices = await Promise.all(
      fleet.hosts.map((host) => {
        const device = host.disk("ldap-data");
        return new Promise((resolve) =>
          device === undefined ? resolve(undefined) : pulumi.output(device).apply(resolve),
        );
      }),
    );
    expect(devices).toEqual([undefined, "/dev/disk/by-id/one", undefined, undefined]);
  });
});
