import * as pulumi from "@pulumi/pulumi";
import { Hive } from "../../components/hive";
import { awsDriver } from "../../fleet/aws/driver";
import { tagsOf } from "../../fleet/aws/orphans/judge";
import { orphanKinds } from "../../fleet/aws/orphans/kinds";
import { planAwsFleet } from "../../fleet/aws/plan";
import { accountOf, AwsFleet } from "../../fleet/aws/servers";
import type { Fleet } from "../../fleet/fleet";
import { snapshotOf } from "../../model/changes/snapshot";
import { planAws, siteWithData } from "../unit/fleet/aws/aws-plans";
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

  it("connects the parts of the network, and each server with its own parts", () => {
    if (preview) return;
    const network = { vpcId: "fleet-network-id" };
    const routes = { routeTableId: "fleet-routes-id" };
    const parts: Readonly<Record<string, object>> = {
      "fleet-gateway": network,
      "fleet-routes": network,
      "fleet-route-out": { ...routes, gatewayId: "fleet-gateway-id" },
      "fleet-subnet-ap-northeast-1a": network,
      "fleet-subnet-ap-northeast-1a-routes": {
        ...routes,
        subnetId: "fleet-subnet-ap-northeast-1a-id",
      },
      "fleet-hosts-group": network,
      "fleet-published-group": network,
      "fleet-rule-among-hosts": {
        securityGroupId: "fleet-hosts-group-id",
        referencedSecurityGroupId: "fleet-hosts-group-id",
        ipProtocol: "-1",
      },
      "fleet-rule-tcp-80": { securityGroupId: "fleet-published-group-id" },
      "fleet-rule-out": { securityGroupId: "fleet-hosts-group-id", cidrIpv4: "0.0.0.0/0" },
      "fleet-hive1": {
        subnetId: "fleet-subnet-ap-northeast-1c-id",
        vpcSecurityGroupIds: ["fleet-hosts-group-id", "fleet-published-group-id"],
        ami: "ami-0123456789abcdef0",
      },
      "fleet-hive3": { vpcSecurityGroupIds: ["fleet-hosts-group-id"] },
      "fleet-hive1-power": { instanceId: "fleet-hive1-id", state: "running" },
      "fleet-hive1-address": { instanceId: "fleet-hive1-id", allocationId: "fleet-hive1-ip-id" },
      "fleet-hive1-ldap-data-attachment": {
        instanceId: "fleet-hive1-id",
        volumeId: "fleet-hive1-ldap-data-id",
        deviceName: expect.stringMatching(/^\/dev\/xvd[a-d][a-z]$/) as unknown,
      },
    };
    for (const [name, inputs] of Object.entries(parts))
      expect([name, named(declared.resources, name).inputs]).toEqual([
        name,
        expect.objectContaining(inputs),
      ]);
  });

  it("lets go of old connections first, and of disks only with the instance", () => {
    const nameOf = (resource: unknown) => (resource as { __name?: string } | undefined)?.__name;
    for (const { options } of declared.of("ec2/eipAssociation:EipAssociation"))
      expect(options.deleteBeforeReplace).toBe(true);
    for (const { name, options } of declared.of("ec2/volumeAttachment:VolumeAttachment")) {
      expect(options.deleteBeforeReplace).toBe(true);
      expect(nameOf(options.deletedWith)).toBe(name.replace("-ldap-data-attachment", "-power"));
    }
  });

  it("leaves the names of security groups to the engine: another description makes a second group", () => {
    for (const { inputs } of declared.of("ec2/securityGroup:SecurityGroup")) {
      expect(inputs).not.toHaveProperty("name");
      expect(inputs).not.toHaveProperty("namePrefix");
    }
  });

  it("protects nothing of the network, and no connection: a protected stage can be mended", () => {
    const kept = ["ec2/instance:Instance", "ec2/eip:Eip", "ebs/volume:Volume"].map(
      (type) => `aws:${type}`,
    );
    for (const { type, options } of declared.resources)
      if (type.startsWith("aws:") && !kept.includes(type)) expect(options.protect).toBeUndefined();
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
  const [role] = of("iam/role:Role");
  expect(JSON.parse(String(role?.inputs["assumeRolePolicy"]))).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["sts:AssumeRole"],
        Principal: { Service: "ec2.amazonaws.com" },
      },
    ],
  });
});

test("of everything that is made, hive finds what an interrupted run has not noted", async () => {
  const { resources } = await declare({ options: { ssm: true } });
  const types = new Set(resources.map(({ type }) => type).filter((type) => /^aws:/.test(type)));
  expect([...types].sort()).toEqual(Object.keys(orphanKinds).sort());
  for (const { type, name, inputs } of resources.filter((each) => types.has(each.type))) {
    if (orphanKinds[type]?.by !== "tags") continue;
    const create = { urn: name, type, inputs, account: {} };
    expect([name, tagsOf(create, "staging")]).toEqual([name, inputs["tags"]]);
  }
  // Two objects of one kind with the same tags could not be told apart.
  const marks = resources.flatMap(({ type, inputs }) =>
    orphanKinds[type]?.by === "tags" ? [`${type} ${JSON.stringify(inputs["tags"])}`] : [],
  );
  expect(marks.filter((mark, place) => marks.indexOf(mark) !== place)).toEqual([]);
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

test("a preview declares the same resources of AWS, with the same inputs, as a run", async () => {
  const options = { ssm: true, defaultTags: { team: "web" } };
  const inputsOf = async (preview: boolean): Promise<readonly string[]> =>
    (await declare({ preview, options })).resources
      .filter(({ type }) => type.includes("aws"))
      .map(({ type, name, inputs }) => `${type} ${name} ${Object.keys(inputs).sort().join()}`)
      .sort();
  expect(await inputsOf(true)).toEqual(await inputsOf(false));
});

test("what the site says of disks and instances reaches them; tags of hive stay", async () => {
  const { resources } = await declare({
    site: {
      ...siteWithData,
      volumes: { "ldap-data": { replicated: { size: "8GiB", iops: 4000, throughput: 500 } } },
      transform: {
        instance: (instance, { name }) => ({
          type: name === "hive0" ? "m7i.large" : instance.type,
          rootDisk: { size: "30GiB", iops: 3500 },
          tags: { owner: "anna" },
        }),
        disk: (disk) => ({ ...disk, tags: { backup: "daily" } }),
      },
    },
  });
  const [instance, disk] = ["fleet-hive0", "fleet-hive0-ldap-data"].map(
    (name) => named(resources, name).inputs,
  );
  expect(instance).toMatchObject({
    instanceType: "m7i.large",
    rootBlockDevice: {
      volumeSize: 30,
      iops: 3500,
      tags: { owner: "anna", "hive:stage": "staging" },
    },
    tags: { owner: "anna", "hive:role": "cluster" },
  });
  expect(instance?.["rootBlockDevice"]).not.toHaveProperty("throughput");
  expect(disk).toMatchObject({
    size: 8,
    iops: 4000,
    throughput: 500,
    tags: { backup: "daily", "hive:volume": "ldap-data" },
  });
});

describe("before anything is made, the account is asked", () => {
  /** An account that has what the stage needs. */
  const account: Calls = {
    ...nothingYet,
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
      accountId: "123456789012",
      arn: "arn:aws:iam::123456789012:user/anna",
    }),
    "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
      names: ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"],
    }),
    "aws:ec2/getInstanceType:getInstanceType": () => ({ defaultVcpus: 2 }),
    "aws:ec2/getEips:getEips": () => ({ allocationIds: [] }),
    "aws:ec2/getVpcs:getVpcs": () => ({ ids: [] }),
    "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 32 }),
  };
  const prepare = async (calls: Calls, preview: boolean, options: object = {}) => {
    let failure: unknown;
    const resources = await record(
      async () => {
        await awsDriver.prepare(planAws({ options })).catch((error: unknown) => (failure = error));
      },
      { preview, calls },
    );
    // A program that throws ends; nothing but the account is known to the engine then.
    expect(resources.map(({ name }) => name)).toEqual(["fleet-account"]);
    return failure;
  };
  // The form of an error of gRPC.
  const failing = (text: string) => () => {
    throw Object.assign(new Error(text), { details: text });
  };

  test.each([false, true])("and found fit (preview: %s)", async (preview) => {
    expect(await prepare(account, preview)).toBeUndefined();
  });

  test.each<[string, Calls, RegExp]>([
    [
      "a zone that does not exist",
      { "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({ names: [] }) },
      /3 problems found; nothing was changed[^]*hive:zones\[2\]/,
    ],
    [
      "an image that does not exist",
      { "aws:ssm/getParameter:getParameter": failing("ParameterNotFound") },
      /1 problem found; nothing was changed[^]*hive:aws\.ami/,
    ],
    [
      "an instance type that does not exist",
      { "aws:ec2/getInstanceType:getInstanceType": failing("InvalidInstanceType") },
      /2 problems found; nothing was changed[^]*instanceTypes/,
    ],
    [
      "too few Elastic IPs",
      { "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 3 }) },
      /nothing was changed[^]*may have 3 Elastic IPs, has 0, and this run adds 4/,
    ],
    [
      "credentials that have expired",
      { "aws:index/getCallerIdentity:getCallerIdentity": failing("api error ExpiredToken: x") },
      /could not be asked\. Nothing was changed\.\nThe credentials[^]*Log in again[^]*AWS says: .*ExpiredToken/,
    ],
    [
      "a right that is missing",
      { "aws:ec2/getVpcs:getVpcs": failing("api error UnauthorizedOperation: x") },
      /Nothing was changed\.\n.*docs\/aws-policy\.json/,
    ],
  ])("%s is one error", async (_words, calls, text) => {
    const failure = await prepare({ ...account, ...calls }, false);
    expect(failure).toHaveProperty("message", expect.stringMatching(text));
  });

  const key = "arn:aws:kms:ap-northeast-1:123456789012:key/0";
  const address = "eipalloc-0123456789abcdef0";
  test.each<[string, object, Calls, RegExp | undefined]>([
    [
      "a key that is enabled",
      { kmsKey: key },
      {
        "aws:kms/getKey:getKey": () => ({
          enabled: true,
          keyState: "Enabled",
          keySpec: "SYMMETRIC_DEFAULT",
        }),
      },
      undefined,
    ],
    [
      "a key that is to be deleted",
      { kmsKey: key },
      {
        "aws:kms/getKey:getKey": () => ({ enabled: false, keyState: "PendingDeletion" }),
      },
      /hive:aws\.kmsKey[^]*not enabled \(PendingDeletion\)/,
    ],
    [
      "a key that is not there",
      { kmsKey: key },
      { "aws:kms/getKey:getKey": failing("api error NotFoundException: Key does not exist") },
      /hive:aws\.kmsKey[^]*it does not exist/,
    ],
    [
      "a key that may not be read",
      { kmsKey: key },
      { "aws:kms/getKey:getKey": failing("api error AccessDeniedException: x") },
      /hive:aws\.kmsKey[^]*kms:DescribeKey/,
    ],
    [
      "an address that another server has",
      { elasticIps: { hive1: address } },
      {
        "aws:ec2/getEips:getEips": () => ({ allocationIds: [address] }),
        "aws:ec2/getElasticIp:getElasticIp": () => ({
          instanceId: "i-0fedcba9876543210",
          networkInterfaceId: "eni-1",
        }),
      },
      /hive:aws\.elasticIps\.hive1[^]*is the address of i-0fedcba9876543210/,
    ],
    [
      "an address that nobody has",
      { elasticIps: { hive1: address } },
      {
        "aws:ec2/getEips:getEips": () => ({ allocationIds: [address] }),
        "aws:ec2/getElasticIp:getElasticIp": () => ({ instanceId: "" }),
      },
      undefined,
    ],
    [
      "an address that a server of the stage has already",
      { elasticIps: { hive1: address } },
      {
        "aws:ec2/getEips:getEips": () => ({ allocationIds: [address] }),
        "aws:ec2/getInstances:getInstances": () => ({ ids: ["i-0fedcba9876543210"] }),
        "aws:ec2/getElasticIp:getElasticIp": () => ({
          instanceId: "i-0fedcba9876543210",
          networkInterfaceId: "eni-1",
        }),
      },
      undefined,
    ],
  ])("%s is judged", async (_words, options, calls, text) => {
    const failure = await prepare({ ...account, ...calls }, false, options);
    if (text === undefined) expect(failure).toBeUndefined();
    else expect(failure).toHaveProperty("message", expect.stringMatching(text));
  });

  test("limits that may not be read are a warning for each, and no error", async () => {
    const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
    const calls = {
      ...account,
      "aws:servicequotas/getServiceQuota:getServiceQuota": failing("AccessDenied"),
    };
    expect(await prepare(calls, false)).toBeUndefined();
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/VPCs .*was not checked: AccessDenied/),
      expect.stringMatching(/Elastic IPs .*was not checked/),
      expect.stringMatching(/processors .*was not checked/),
    ]);
    warn.mockRestore();
  });
});
