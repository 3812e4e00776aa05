/**
 * What interrupted creates have made in an account: the real plugin of AWS against an emulated
 * cloud, without anything that makes its instances real.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { awsServices } from "../../../fleet/aws/options";
import { awsCreates } from "../../../fleet/aws/orphans/settle";
import type { OpenCreate, StageFacts } from "../../../fleet/recovery";
import { readPort, seenCalls } from "../../../rehearsal/folder";
import { missingFrom, type Policy } from "../../../rehearsal/least-policy";
import { cloudFolder, pythonEnvironment, rehearsalPython } from "../../../rehearsal/python";
import { type Answers, askCloud, type Question } from "../../emulated-cloud/ask";

jest.setTimeout(180_000);

const key = "AKIATESTTESTTESTTEST";
const folder = mkdtempSync(join(tmpdir(), "hive-orphans-"));
let emulator: ChildProcess;

beforeAll(async () => {
  writeFileSync(
    join(folder, "credentials.json"),
    JSON.stringify({ accessKeyId: key, secretAccessKey: "-" }),
  );
  writeFileSync(
    join(folder, "settings.json"),
    JSON.stringify({ port: 0, publicRange: "203.0.113.0/24", region: "ap-northeast-1" }),
  );
  emulator = spawn(rehearsalPython(), ["-m", "emulator", folder, "--until-stdin-closes"], {
    cwd: cloudFolder,
    env: pythonEnvironment(),
    stdio: ["pipe", "ignore", "ignore"],
  });
  while (readPort(folder) === undefined) await pause(100);
});

afterAll(async () => {
  const ended = new Promise((resolve) => emulator.once("exit", resolve));
  emulator.kill("SIGKILL");
  await ended;
  rmSync(folder, { recursive: true });
});

const tags = { Name: "a part", "hive:site": "hive.example", "hive:stage": "staging" };
const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const tagged = (ResourceType: string) => ({ TagSpecifications: [{ ResourceType, Tags }] });

/** Asks the cloud one thing. */
function ec2(method: string, question: object = {}): Answers {
  return ask(["ec2", method, question])[0];
}

function ask(...questions: readonly Question[]): Answers {
  const answers = askCloud(folder, questions);
  if (!Array.isArray(answers)) throw new Error(JSON.stringify(answers));
  return answers;
}

/** An interrupted create of the stage's fleet. */
function open(type: string, inputs: object = { tags }): OpenCreate {
  const urls = awsServices.map((service) => [
    service,
    `http://127.0.0.1:${readPort(folder)}/${key}`,
  ]);
  const account = {
    region: "ap-northeast-1",
    accessKey: "emulator",
    secretKey: "emulator",
    skipMetadataApiCheck: "true",
    skipRegionValidation: "true",
    endpoints: JSON.stringify([Object.fromEntries(urls)]),
  };
  const urn = `urn:pulumi:staging::hive::hive:index:Hive$hive:index:AwsFleet$${type}::part`;
  return { urn, type, inputs: { ...inputs }, account };
}

const facts: StageFacts = {
  stage: "staging",
  knownIds: new Set(),
  knownUrns: new Set(),
  since: new Date(Date.now() - 60_000),
};

/** @returns what was said, and what is to be in the state */
async function settle(...creates: OpenCreate[]) {
  const said: string[] = [];
  const takenOver = await awsCreates.settle(creates, facts, process.env, (text) => {
    // Behind the id of its table, a route's has a number.
    said.push(text.replace(/ \(part\).*$/, "").replace(/(r-rtb-[0-9a-f]{17})\d*$/, "$1"));
  });
  return { said: said.sort(), takenOver };
}

it("whatever of the fleet was made and not noted is removed, with the rights that hive has", async () => {
  const { VpcId } = ec2("create_vpc", { CidrBlock: "10.17.0.0/24", ...tagged("vpc") }).Vpc;
  const [subnet, gateway, table, group, allocation, disk, images] = ask(
    [
      "ec2",
      "create_subnet",
      {
        VpcId,
        CidrBlock: "10.17.0.0/26",
        AvailabilityZone: "ap-northeast-1a",
        ...tagged("subnet"),
      },
    ],
    ["ec2", "create_internet_gateway", tagged("internet-gateway")],
    ["ec2", "create_route_table", { VpcId, ...tagged("route-table") }],
    [
      "ec2",
      "create_security_group",
      { GroupName: "x", Description: "x", VpcId, ...tagged("security-group") },
    ],
    ["ec2", "allocate_address", { Domain: "vpc", ...tagged("elastic-ip") }],
    [
      "ec2",
      "create_volume",
      { AvailabilityZone: "ap-northeast-1a", Size: 1, VolumeType: "gp3", ...tagged("volume") },
    ],
    ["ec2", "describe_images", {}],
  );
  const { SubnetId } = subnet.Subnet;
  const { InternetGatewayId } = gateway.InternetGateway;
  const { RouteTableId } = table.RouteTable;
  const { GroupId } = group;
  const { ImageId } = images.Images[0];
  const way = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: InternetGatewayId };
  const rule = { IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
  const instanceTags = { TagSpecifications: [{ ResourceType: "instance", Tags }] };
  const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2" } };
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [statement],
  });
  const [, , association, ingress, started] = ask(
    ["ec2", "attach_internet_gateway", { InternetGatewayId, VpcId }],
    ["ec2", "create_route", way],
    ["ec2", "associate_route_table", { SubnetId, RouteTableId }],
    [
      "ec2",
      "authorize_security_group_ingress",
      { GroupId, IpPermissions: [rule], ...tagged("security-group-rule") },
    ],
    [
      "ec2",
      "run_instances",
      {
        ImageId,
        InstanceType: "t3.small",
        MinCount: 1,
        MaxCount: 1,
        SubnetId,
        SecurityGroupIds: [GroupId],
        ...instanceTags,
      },
    ],
    ["iam", "create_role", { RoleName: "fleet-role-1", AssumeRolePolicyDocument, Tags }],
    ["iam", "create_instance_profile", { InstanceProfileName: "fleet-profile-1", Tags }],
  );
  const [{ SecurityGroupRuleId }] = ingress.SecurityGroupRules;
  const [{ InstanceId }] = started.Instances;

  // In the order in which a run makes them, the last ones first: what another one needs was noted.
  const last = await settle(
    open("aws:ec2/instance:Instance"),
    open("aws:ec2/route:Route", {
      routeTableId: RouteTableId,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: InternetGatewayId,
    }),
    open("aws:ec2/routeTableAssociation:RouteTableAssociation", {
      subnetId: SubnetId,
      routeTableId: RouteTableId,
    }),
    open("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
    open("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", {
      tags: { ...tags, Name: "another part" },
    }),
    open("aws:iam/instanceProfile:InstanceProfile", { name: "fleet-profile-1", tags }),
    open("aws:ec2/eip:Eip"),
    open("aws:ec2/volumeAttachment:VolumeAttachment", {}),
  );
  expect(last.said).toEqual(
    [
      `Removed ${InstanceId}`,
      `Removed r-${RouteTableId}`,
      `Removed ${association.AssociationId}`,
      `Removed ${SecurityGroupRuleId}`,
      "Removed fleet-profile-1",
      `Took over ${allocation.AllocationId}`,
    ].sort(),
  );
  expect(last.takenOver).toEqual([
    expect.objectContaining({
      id: allocation.AllocationId,
      outputs: expect.objectContaining({ publicIp: allocation.PublicIp }),
    }),
  ]);
  const parts = await settle(
    open("aws:ebs/volume:Volume"),
    open("aws:ec2/subnet:Subnet"),
    open("aws:ec2/internetGateway:InternetGateway"),
    open("aws:ec2/routeTable:RouteTable"),
    open("aws:ec2/securityGroup:SecurityGroup"),
    open("aws:iam/role:Role", { name: "fleet-role-1", tags }),
  );
  const ids = [disk.VolumeId, SubnetId, InternetGatewayId, RouteTableId, GroupId, "fleet-role-1"];
  expect(parts.said).toEqual(ids.map((id) => `Removed ${id}`).sort());
  expect((await settle(open("aws:ec2/vpc:Vpc"))).said).toEqual([`Removed ${VpcId}`]);

  const policy = JSON.parse(
    readFileSync(join(__dirname, "../../../docs/aws-policy.json"), "utf8"),
  ) as Policy;
  const mine = ["ec2:DescribeInternetGateways", "ec2:TerminateInstances", "iam:DeleteRole"];
  expect(seenCalls(folder)).toEqual(expect.arrayContaining(mine));
  // The test's own calls are among those that a run makes.
  expect(missingFrom(policy, seenCalls(folder))).toEqual([]);
});

it("a disk that is older than the run, or in use, stays", async () => {
  const disk = { AvailabilityZone: "ap-northeast-1a", Size: 1, VolumeType: "gp3" };
  const { VolumeId } = ec2("create_volume", { ...disk, ...tagged("volume") });
  const volume = open("aws:ebs/volume:Volume");
  const later = { ...facts, since: new Date(Date.now() + 60_000) };
  await expect(awsCreates.settle([volume], later, process.env, () => undefined)).rejects.toThrow(
    `part: ${VolumeId} may be older`,
  );
  expect((await settle(volume)).said).toEqual([`Removed ${VolumeId}`]);
});
