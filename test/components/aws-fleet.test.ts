import * as pulumi from "@pulumi/pulumi";
import { Hive } from "../../components/hive";
import { planAwsFleet } from "../../fleet/aws/plan";
import { accountOf, AwsFleet } from "../../fleet/aws/servers";
import type { Fleet } from "../../fleet/fleet";
import { snapshotOf } from "../../model/changes/snapshot";
import { planAws } from "../unit/fleet/aws/aws-plans";
import { type Calls, record, type Recorded } from "./recorder";

// Each provider's text is serialized once; that takes seconds on a busy computer.
jest.setTimeout(240_000);

/** What AWS answers: no instance yet, and an image. */
const nothingYet: Calls = {
  "aws:ssm/getParameter:getParameter": () => ({ insecureValue: "ami-0123456789abcdef0" }),
  "aws:ec2/getInstances:getInstances": () => ({ ids: [] }),
  "aws:ec2/getInstance:getInstance": () => ({
    instanceState: "running",
    publicIp: "",
    ebsBlockDevices: [],
  }),
};

interface Declared {
  readonly resources: readonly Recorded[];
  readonly fleet: Fleet;
  /** The resources of a type of AWS, e.g. `ec2/instance:Instance`. */
  readonly of: (type: string) => readonly Recorded[];
}

/** Declares a whole hive on a stage in AWS. */
async function declare(
  change: Parameters<typeof planAws>[0] & {
    readonly preview?: boolean;
    readonly calls?: Calls;
  } = {},
): Promise<Declared> {
  const { preview = false, calls = nothingYet, ...rest } = change;
  const plan = planAws(rest);
  let fleet: Fleet | undefined;
  const resources = await record(
    () => {
      const planned = planAwsFleet(plan);
      const account = accountOf(planned);
      new Hive("hive", {
        plan,
        snapshot: snapshotOf(plan, { contexts: {}, files: {} }),
        partial: false,
        buildFleet: (name, args, opts) =>
          (fleet = new AwsFleet(name, { ...args, plan, fleet: planned, account }, opts)),
        stageSecrets: pulumi.secret<Record<string, string>>({}),
      });
    },
    { preview, calls },
  );
  if (fleet === undefined) throw new Error("No fleet was built.");
  return {
    resources,
    fleet,
    of: (type) => resources.filter((each) => each.type === `aws:${type}`),
  };
}

const named = (resources: readonly Recorded[], name: string): Recorded => {
  const found = resources.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no resource ${name}.`);
  return found;
};

describe.each([
  ["staging", false],
  ["staging", true],
  ["production", false],
  ["production", true],
] as const)("%s, preview: %s", (stage, preview) => {
  let declared: Declared;
  beforeAll(async () => {
    declared = await declare({ stage, preview });
  });
  const prefix = stage === "staging" ? "s-" : "";

  it("has one network with a subnet in each zone, and a way out", () => {
    const { of } = declared;
    expect(of("ec2/vpc:Vpc").map(({ inputs }) => inputs["cidrBlock"])).toEqual(["10.17.16.0/24"]);
    expect(
      of("ec2/subnet:Subnet").map(({ inputs }) =>
        [inputs["availabilityZone"], inputs["cidrBlock"], inputs["mapPublicIpOnLaunch"]].join(" "),
      ),
    ).toEqual([
      "ap-northeast-1a 10.17.16.0/26 false",
      "ap-northeast-1c 10.17.16.64/26 false",
      "ap-northeast-1d 10.17.16.128/26 false",
    ]);
    expect(of("ec2/internetGateway:InternetGateway")).toHaveLength(1);
    expect(of("ec2/route:Route").map(({ inputs }) => inputs["destinationCidrBlock"])).toEqual([
      "0.0.0.0/0",
    ]);
    expect(of("ec2/routeTableAssociation:RouteTableAssociation")).toHaveLength(3);
  });

  it("has an instance for each server, as the stage wants it", () => {
    const instances = declared.of("ec2/instance:Instance");
    expect(instances.map(({ inputs }) => inputs["privateIp"])).toEqual([
      "10.17.16.4",
      "10.17.16.69",
      "10.17.16.134",
      "10.17.16.7",
    ]);
    for (const [index, { inputs, options }] of instances.entries()) {
      const role = index === 3 ? "repository" : "cluster";
      expect(inputs).toMatchObject({
        instanceType: role === "cluster" ? "t3.medium" : "t3.small",
        userDataReplaceOnChange: true,
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        rootBlockDevice: {
          volumeType: "gp3",
          volumeSize: role === "cluster" ? 20 : 40,
          encrypted: true,
          deleteOnTermination: true,
        },
        tags: {
          Name: `${prefix}hive${index}.hive.example`,
          "hive:site": "hive.example",
          "hive:stage": stage,
          "hive:role": role,
        },
      });
      expect(inputs).not.toHaveProperty("volumeTags");
      expect(inputs).not.toHaveProperty("keyName");
      expect(inputs).not.toHaveProperty("iamInstanceProfile");
      expect(options.deleteBeforeReplace).toBe(true);
      expect(options.ignoreChanges).toEqual(["ami"]);
      expect(options.protect).toBe(stage === "production" ? true : undefined);
    }
  });

  it("has an encrypted disk for each volume on each cluster server, which is found by its id", async () => {
    const disks = declared.of("ebs/volume:Volume");
    expect(disks.map(({ inputs }) => inputs["availabilityZone"])).toEqual([
      "ap-northeast-1a",
      "ap-northeast-1c",
      "ap-northeast-1d",
    ]);
    for (const { inputs, options } of disks) {
      expect(inputs).toMatchObject({ type: "gp3", size: 2, encrypted: true });
      const kept = stage === "production" ? true : undefined;
      expect([options.protect, options.retainOnDelete]).toEqual([kept, kept]);
    }
    expect(declared.of("ec2/volumeAttachment:VolumeAttachment")).toHaveLength(3);
    if (preview) return;
    const paths = await Promise.all(
      declared.fleet.hosts.map(
        (host) =>
          new Promise((resolve) => {
            const disk = host.disk("ldap-data");
            if (disk === undefined) resolve(undefined);
            else disk.apply(resolve);
          }),
      ),
    );
    expect(paths).toEqual([
      ...[0, 1, 2].map(
        (index) => `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_fleethive${index}-ldap-data-id`,
      ),
      undefined,
    ]);
  });

  it("has an address for each server, kept by a protected stage, and connected to it", () => {
    const addresses = declared.of("ec2/eip:Eip");
    expect(addresses).toHaveLength(4);
    for (const { inputs, options } of addresses) {
      expect(inputs["domain"]).toBe("vpc");
      const kept = stage === "production" ? true : undefined;
      expect([options.protect, options.retainOnDelete]).toEqual([kept, kept]);
      const waitsFor = [options.dependsOn].flat() as { __name?: string }[];
      expect(waitsFor.map(({ __name }) => __name)).toEqual(["fleet-gateway"]);
    }
    expect(declared.of("ec2/eipAssociation:EipAssociation")).toHaveLength(4);
  });

  it("opens nothing to the world but what services publish, and never SSH", () => {
    const rules = declared.of("vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    const open = rules.filter(({ inputs }) => inputs["cidrIpv4"] === "0.0.0.0/0");
    expect(
      open.map(({ inputs }) => [inputs["ipProtocol"], inputs["fromPort"], inputs["toPort"]]),
    ).toEqual([
      ["tcp", 80, 80],
      ["udp", 53, 53],
    ]);
    const ssh = rules.filter(({ inputs }) => inputs["fromPort"] === 22);
    expect(ssh.map(({ inputs }) => inputs["cidrIpv4"])).toEqual(["203.0.113.0/24"]);
    for (const { inputs } of [...rules, ...declared.of("ec2/securityGroup:SecurityGroup")])
      expect(inputs["description"]).toMatch(/^.{5,255}$/);
    for (const { inputs } of declared.of("ec2/securityGroup:SecurityGroup")) {
      expect(inputs).not.toHaveProperty("ingress");
      expect(inputs).not.toHaveProperty("egress");
    }
  });

  it("tags everything that EC2 tags with the site and the stage", () => {
    const untagged = [
      "ec2/route:Route",
      "ec2/routeTableAssociation:RouteTableAssociation",
      "ec2/eipAssociation:EipAssociation",
      "ec2/volumeAttachment:VolumeAttachment",
      "ec2transitgateway/instanceState:InstanceState",
    ].map((type) => `aws:${type}`);
    const made = declared.resources.filter(
      ({ type }) => type.startsWith("aws:") && !untagged.includes(type),
    );
    expect(made.length).toBeGreaterThan(20);
    for (const { inputs } of made) {
      const tags = inputs["tags"] as Record<string, string>;
      expect(tags).toMatchObject({ "hive:site": "hive.example", "hive:stage": stage });
      expect(tags["Name"]).toMatch(/./);
    }
  });

  it("needs at most 6 resources of hive's own, and 5 of the cloud with 2 more per volume, for each server", () => {
    for (const index of [0, 1, 2, 3]) {
      const ofHost = declared.resources.filter(
        ({ name }) =>
          name.startsWith(`fleet-hive${index}`) || name.startsWith(`setup-hive${index}-`),
      );
      const cloud = ofHost.filter(({ type }) => type.startsWith("aws:"));
      const volumes = index === 3 ? 0 : 1;
      expect(cloud.length).toBeLessThanOrEqual(5 + 2 * volumes);
      expect(ofHost.length - cloud.length).toBeLessThanOrEqual(6);
    }
  });
});

describe("a server in AWS", () => {
  let declared: Declared;
  beforeAll(async () => {
    declared = await declare();
  });
  const inputsOf = (name: string) => named(declared.resources, name).inputs;

  it("is told nothing by its user data that is worth anything after the first session", () => {
    const userData = String(inputsOf("fleet-hive0")["userData"]);
    expect(userData).toContain("PRIVATE-fleet-hive0-boot-host-key");
    expect(userData).not.toContain("PRIVATE-fleet-hive0-host-key");
    expect(userData).not.toContain("PRIVATE-fleet-bootstrap-key");
    expect(userData).toContain("ssh-ed25519 AAAAfleet-bootstrap-key");
    // Other operators replace no server.
    expect(userData).not.toContain("anna");
    expect(named(declared.resources, "fleet-hive0").shown["userData"]).toBe("[secret]");
  });

  it("has its own host key from the first session on, which all else pins", () => {
    const { host, bootHostKey, hostPrivateKey } = inputsOf("fleet-hive0-first-session");
    expect(bootHostKey).toBe("ssh-ed25519 AAAAfleet-hive0-boot-host-key");
    expect(hostPrivateKey).toBe("PRIVATE-fleet-hive0-host-key");
    const own = { address: "198.51.100.10", hostKey: "ssh-ed25519 AAAAfleet-hive0-host-key" };
    expect(host).toMatchObject(own);
    expect(inputsOf("setup-hive0-base")["host"]).toMatchObject(own);
    const { shown } = named(declared.resources, "fleet-hive0-first-session");
    expect([shown["hostPrivateKey"], shown["bootstrapKey"]]).toEqual(["[secret]", "[secret]"]);
  });

  it("is set up when it has its address, its disks and its ways", () => {
    const { options } = named(declared.resources, "fleet-hive0-first-session");
    const waitsFor = ([options.dependsOn].flat() as { __name?: string }[]).map(
      ({ __name }) => __name,
    );
    expect(waitsFor).toEqual(
      expect.arrayContaining([
        "fleet-hive0-power",
        "fleet-hive0-address",
        "fleet-hive0-ldap-data-attachment",
        "fleet-route-out",
        "fleet-rule-ssh-203.0.113.0-24",
      ]),
    );
  });

  it("finds its disks under the names of the plan", () => {
    const { disks, script } = inputsOf("setup-hive0-base");
    const path = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_fleethive0-ldap-data-id";
    expect(disks).toBe(`ldap-data ${path}`);
    expect(script).toContain("hive-disks.conf");
  });

  it("starts again, and gets back what it lost, when a run finds it so", () => {
    for (const [name, count] of [
      ["fleet-hive0-power", 2],
      ["fleet-hive0-address", 3],
      ["fleet-hive0-ldap-data-attachment", 4],
    ] as const) {
      const trigger = named(declared.resources, name).options
        .replacementTrigger as pulumi.Output<number>;
      trigger.apply((value) => expect(value).toBe(count));
    }
    expect(named(declared.resources, "fleet-hive0-observed").inputs).toMatchObject({
      wanted: { address: "198.51.100.10", disks: { "ldap-data": "fleet-hive0-ldap-data-id" } },
      observed: { state: "running", address: "", disks: [] },
    });
  });
});

test("what the stage says about the account reaches the provider, and no key does", async () => {
  const { resources } = await declare({
    options: {
      profile: "work",
      assumeRole: "arn:aws:iam::123456789012:role/hive",
      defaultTags: { team: "web" },
      endpoints: { sts: "https://sts.example" },
    },
  });
  const { inputs } = named(resources, "fleet-account");
  expect(inputs).toMatchObject({ region: "ap-northeast-1", profile: "work" });
  expect(JSON.parse(String(inputs["assumeRoles"]))).toEqual([
    { roleArn: "arn:aws:iam::123456789012:role/hive" },
  ]);
  expect(JSON.parse(String(inputs["defaultTags"]))).toEqual({ tags: { team: "web" } });
  expect(JSON.parse(String(inputs["endpoints"]))).toEqual([{ sts: "https://sts.example" }]);
  expect(inputs).not.toHaveProperty("accessKey");
});

test("an emulator on this computer gets made-up keys, never those of an account", async () => {
  const { resources } = await declare({
    options: { profile: "work", endpoints: { all: "http://127.0.0.1:5000" } },
  });
  const { inputs } = named(resources, "fleet-account");
  expect([inputs["accessKey"], inputs["secretKey"]]).toEqual(["emulator", "emulator"]);
  expect(inputs).not.toHaveProperty("profile");
  expect(Object.keys((JSON.parse(String(inputs["endpoints"])) as object[])[0] ?? {})).toContain(
    "ec2",
  );
});

test("an address that the account has is used and never released; a key of its own encrypts all disks; the Session Manager gets its rights and no others", async () => {
  const kmsKey = "arn:aws:kms:ap-northeast-1:123456789012:key/0123";
  const { of } = await declare({
    options: { elasticIps: { hive1: "eipalloc-0123456789abcdef0" }, kmsKey, ssm: true },
  });
  const addresses = of("ec2/eip:Eip").map(({ name }) => name);
  expect(addresses).toEqual(
    expect.arrayContaining(["fleet-hive0-ip", "fleet-hive2-ip", "fleet-hive3-ip"]),
  );
  expect(addresses).not.toContain("fleet-hive1-ip");
  for (const { inputs } of of("ebs/volume:Volume")) expect(inputs["kmsKeyId"]).toBe(kmsKey);
  for (const { inputs } of of("ec2/instance:Instance")) {
    expect(inputs["rootBlockDevice"]).toMatchObject({ kmsKeyId: kmsKey });
    expect(inputs).toHaveProperty("iamInstanceProfile");
  }
  const [policy] = of("iam/rolePolicy:RolePolicy").map(
    ({ inputs }) => JSON.parse(String(inputs["policy"])) as { Statement: { Action: string[] }[] },
  );
  for (const action of policy?.Statement.flatMap(({ Action }) => Action) ?? ["none"])
    expect(action).toMatch(/^(ssm:UpdateInstanceInformation|ssmmessages:)/);
});

test("a stage that has servers replaces them one at a time: each waits until the one before is set up", async () => {
  const calls = { ...nothingYet, "aws:ec2/getInstances:getInstances": () => ({ ids: ["i-1"] }) };
  const waits = async (declared: Declared, name: string): Promise<readonly unknown[]> => {
    const { dependsOn } = named(declared.resources, name).options;
    return await new Promise((resolve) =>
      pulumi
        .output(dependsOn as unknown as pulumi.Output<{ __name?: string }[]>)
        .apply((all) => resolve(all.map(({ __name }) => __name))),
    );
  };
  const again = await declare({ calls });
  expect(await waits(again, "fleet-hive0")).toEqual([]);
  expect(await waits(again, "fleet-hive1")).toEqual([
    "fleet-hive0-first-session",
    "setup-hive0-engine",
  ]);
  const first = await declare();
  expect(await waits(first, "fleet-hive1")).toEqual([]);
});
