import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeCreate, kindOf } from "../../../../fleet/aws/orphans/judge";
import { attachedDisks, orphanKinds } from "../../../../fleet/aws/orphans/kinds";
import { type Account, openAccount } from "../../../../fleet/aws/orphans/plugin";
import { awsCreates, judgeAll } from "../../../../fleet/aws/orphans/settle";
import type { OpenCreate, Properties, StageFacts } from "../../../../fleet/recovery";

jest.mock("../../../../fleet/aws/orphans/plugin");

const tags = { Name: "s-hive0.hive.example", "hive:site": "hive.example", "hive:stage": "staging" };
const fleet =
  "urn:pulumi:staging::hive::hive:index:Hive$hive:phase:BuildInfra$hive:index:AwsFleet$";

/** An interrupted create of the fleet. */
function create(type: string, inputs: Properties = { tags }): OpenCreate {
  return { urn: `${fleet}${type}::fleet-part`, type, inputs, account: { region: "x" } };
}

const facts: StageFacts = {
  stage: "staging",
  knownIds: new Set(["known-0"]),
  knownUrns: new Set(),
  since: new Date("2026-12-03T10:00:00Z"),
};
const volume = create("aws:ebs/volume:Volume");
const instance = create("aws:ec2/instance:Instance");
const address = create("aws:ec2/eip:Eip");
const vpc = create("aws:ec2/vpc:Vpc");
const route = create("aws:ec2/route:Route", {
  routeTableId: "rtb-0",
  destinationCidrBlock: "0.0.0.0/0",
  gatewayId: "igw-0",
});
const role = create("aws:iam/role:Role", { name: "fleet-role-0", tags });

const found = (id: string, properties: Properties = {}, attached?: true) => ({
  id,
  properties: { tags, ...properties },
  ...(attached === undefined ? {} : { attached }),
});
const young = { createTime: "2026-12-03T10:00:01Z", snapshotId: "" };

describe("what becomes of an interrupted create", () => {
  test.each<[string, OpenCreate, Parameters<typeof judgeCreate>[1], string]>([
    ["nothing was made", vpc, [], "repeat"],
    ["what carries all tags is removed", vpc, [found("vpc-0")], "remove vpc-0"],
    ["what is in the state is not", vpc, [found("known-0")], "repeat"],
    ["nor what is in the state beside it", vpc, [found("known-0"), found("vpc-0")], "remove vpc-0"],
    [
      "nor what another name has",
      vpc,
      [found("vpc-0", { tags: { ...tags, Name: "x" } })],
      "repeat",
    ],
    [
      "nor what is of another site",
      vpc,
      [found("vpc-0", { tags: { ...tags, "hive:site": "other.example" } })],
      "repeat",
    ],
    ["nor what has no tags", vpc, [found("vpc-0", { tags: null })], "repeat"],
    [
      "tags that the account gives to everything count too",
      vpc,
      [found("vpc-0", { tags: {}, tagsAll: { ...tags, "cost-centre": "web" } })],
      "remove vpc-0",
    ],
    ["two are one too many", vpc, [found("vpc-0"), found("vpc-1")], "doubt vpc-0 vpc-1"],
    ["a new disk", volume, [found("vol-0", young)], "remove vol-0"],
    ["an attached disk", volume, [found("vol-0", young, true)], "doubt vol-0"],
    [
      "a disk that was made from a snapshot",
      volume,
      [found("vol-0", { ...young, snapshotId: "snap-0" })],
      "doubt vol-0",
    ],
    [
      "a disk that is as old as the run before",
      volume,
      [found("vol-0", { ...young, createTime: "2026-12-03T09:59:59Z" })],
      "doubt vol-0",
    ],
    ["a disk of unknown age", volume, [found("vol-0")], "doubt vol-0"],
    ["a new instance", instance, [found("i-0", { publicIp: "" })], "remove i-0"],
    [
      "a protected instance",
      instance,
      [found("i-0", { disableApiTermination: true })],
      "doubt i-0",
    ],
    [
      "an instance with an address",
      instance,
      [found("i-0", { publicIp: "192.0.2.1" })],
      "doubt i-0",
    ],
    [
      "an instance with a disk that outlives it",
      instance,
      [found("i-0", { ebsBlockDevices: [{ deleteOnTermination: false, volumeId: "vol-0" }] })],
      "doubt i-0",
    ],
    [
      "an instance with the disks that it was started with",
      instance,
      [found("i-0", { ebsBlockDevices: [{ deleteOnTermination: true, volumeId: "vol-0" }] })],
      "remove i-0",
    ],
    ["an address", address, [found("eipalloc-0", { associationId: "" })], "take over eipalloc-0"],
    [
      "an address in use",
      address,
      [found("eipalloc-0", { associationId: "x" })],
      "doubt eipalloc-0",
    ],
    ["the route", route, [found("r-0", { gatewayId: "igw-0" })], "remove r-0"],
    ["a route to elsewhere", route, [found("r-0", { gatewayId: "igw-1" })], "doubt r-0"],
    ["a role of this name", role, [found("fleet-role-0")], "remove fleet-role-0"],
    ["a role of this name without the tags", role, [found("fleet-role-0", { tags: {} })], "repeat"],
  ])("%s", (_what, open, candidates, expected) => {
    const verdict = judgeCreate(open, candidates, facts);
    const ids =
      verdict.kind === "doubt"
        ? verdict.ids
        : verdict.kind === "repeat"
          ? []
          : [verdict.candidate.id];
    expect([verdict.kind, ...ids].join(" ")).toBe(expected);
  });

  test("without a moment before the run, no disk is certainly new", () => {
    const verdict = judgeCreate(volume, [found("vol-0", young)], { ...facts, since: undefined });
    expect(verdict).toMatchObject({ kind: "doubt", ids: ["vol-0"] });
  });

  test("an address is not taken over beside one that the state has", () => {
    const knownUrns = new Set([address.urn]);
    const verdict = judgeCreate(address, [found("eipalloc-0")], { ...facts, knownUrns });
    expect(verdict).toMatchObject({ kind: "doubt", ids: ["eipalloc-0"] });
  });

  test.each([
    ["tags of another stage", { tags: { ...tags, "hive:stage": "production" } }],
    ["no name", { tags: { ...tags, Name: undefined } }],
    ["no tags", {}],
  ])("%s: a person must look", (_what, inputs) => {
    expect(judgeCreate(create(vpc.type, inputs), [found("vpc-0")], facts).kind).toBe("doubt");
  });
});

test("only what the stage's servers consist of is looked for", () => {
  expect(awsCreates.covers(vpc)).toBe(true);
  const ofSite = { ...vpc, urn: `urn:pulumi:staging::hive::${vpc.type}::network` };
  expect(awsCreates.covers(ofSite)).toBe(false);
  expect(kindOf({ ...vpc, urn: vpc.urn.replace("AwsFleet", "PreparedFleet") })).toBeUndefined();
  expect(awsCreates.covers(create("aws:s3/bucket:Bucket"))).toBe(false);
});

test("the plugin that a rehearsal builds has every function that asks", () => {
  const mapping = readFileSync(
    join(__dirname, "../../../../rehearsal/provider/mapping/types.go"),
    "utf8",
  );
  const questions = [
    ...Object.values(orphanKinds).flatMap(({ question }) => question?.(tags) ?? []),
    attachedDisks(tags),
  ];
  expect(questions.length).toBeGreaterThan(9);
  for (const { token } of questions) {
    const [, module, , name] = token.split(/[:/]/);
    expect(mapping).toContain(`"${module}", "${name}")`);
  }
});

/** An account that has these objects, by the function that lists them or their id. */
class FakeAccount implements Account {
  readonly done: string[] = [];
  constructor(
    private readonly lists: Readonly<Record<string, Properties | Error>>,
    private readonly objects: Readonly<Record<string, Properties>> = {},
  ) {}
  ask(token: string): Promise<Properties> {
    const name = token.split(":").at(-1) ?? "";
    this.done.push(name);
    const answer = this.lists[name] ?? { ids: [] };
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
  read(_urn: string, id: string) {
    const properties = this.objects[id];
    return Promise.resolve(properties === undefined ? undefined : { id, properties });
  }
  remove(_urn: string, { id }: { readonly id: string }): Promise<void> {
    if (this.objects[id]?.["stuck"] === true)
      return Promise.reject(new Error("1 error occurred:\n\t* DependencyViolation\n"));
    this.done.push(`removed ${id}`);
    return Promise.resolve();
  }
  close(): void {
    this.done.push("closed");
  }
}

describe("with an account", () => {
  const said: string[] = [];
  const settle = async (account: FakeAccount, ...creates: OpenCreate[]) => {
    jest.mocked(openAccount).mockResolvedValue(account);
    return await awsCreates.settle(creates, facts, {}, (text) => void said.push(text));
  };
  beforeEach(() => {
    said.length = 0;
    jest.resetAllMocks();
  });

  test("what was made is removed with a line for each, and an address is kept", async () => {
    const account = new FakeAccount(
      { getVpcs: { ids: ["vpc-0", "known-0"] }, getEips: { allocationIds: ["eipalloc-0"] } },
      { "vpc-0": { tags }, "eipalloc-0": { tags, publicIp: "192.0.2.1" } },
    );
    expect(await settle(account, vpc, address)).toEqual([
      { urn: address.urn, id: "eipalloc-0", outputs: { tags, publicIp: "192.0.2.1" } },
    ]);
    expect([...said].sort()).toEqual([
      "Removed vpc-0 (fleet-part), which an interrupted run had created and not noted.",
      "Took over eipalloc-0 (fleet-part), which an interrupted run had allocated and not noted.",
    ]);
    expect(account.done.slice(-2)).toEqual(["removed vpc-0", "closed"]);
  });

  test("when one thing is not certain, nothing is touched, and it is said what to do", async () => {
    const account = new FakeAccount(
      { getVpcs: { ids: ["vpc-0"] }, getEbsVolumes: { ids: ["vol-0"] } },
      { "vpc-0": { tags }, "vol-0": { tags, ...young } },
    );
    await expect(settle(account, vpc, volume)).rejects.toThrow(
      /fleet-part: vol-0 is attached to an instance[^]*Nothing was changed[^]*--import-pending-creates[^]*delete it there/,
    );
    expect([said, account.done.filter((each) => each.startsWith("removed"))]).toEqual([[], []]);
    expect(account.done).toContain("closed");
  });

  test("what cannot be removed is named, after everything else was", async () => {
    const account = new FakeAccount(
      { getVpcs: { ids: ["vpc-0"] }, getInstances: { ids: ["i-0"] } },
      { "vpc-0": { tags, stuck: true }, "i-0": { tags } },
    );
    await expect(settle(account, vpc, instance)).rejects.toThrow(
      /vpc-0 \(fleet-part\): 1 error occurred: \* DependencyViolation\nRun the command again/,
    );
    expect(account.done).toContain("removed i-0");
  });

  test.each([
    ["lost credentials", "operation error STS: ExpiredToken", /Log in again/],
    ["a missing right", "api error UnauthorizedOperation", /docs\/aws-policy\.json/],
  ])("%s: nothing is changed, with the remedy", async (_what, words, remedy) => {
    const account = new FakeAccount({ getVpcs: new Error(words) });
    await expect(settle(account, vpc)).rejects.toThrow(remedy);
    await expect(settle(account, vpc)).rejects.toThrow("Nothing was changed");
    jest.mocked(openAccount).mockRejectedValue(new Error(words));
    await expect(awsCreates.settle([vpc], facts, {}, () => undefined)).rejects.toThrow(remedy);
  });

  test("what EC2 does not know of yet is asked for once more; what takes what is there, never", async () => {
    const lists: Record<string, Properties> = {};
    const account = new FakeAccount(lists, { "vpc-0": { tags } });
    const wait = jest.fn(() => {
      lists["getVpcs"] = { ids: ["vpc-0"] };
      return Promise.resolve();
    });
    const attachment = create("aws:ec2/volumeAttachment:VolumeAttachment", {});
    const [first] = await judgeAll(account, [vpc, attachment], facts, wait);
    expect(first?.verdict).toMatchObject({ kind: "remove", candidate: { id: "vpc-0" } });
    expect(wait).toHaveBeenCalledTimes(1);
    expect(account.done).toEqual(["getVpcs", "getVpcs"]);
    await judgeAll(account, [attachment], facts, wait);
    expect(wait).toHaveBeenCalledTimes(1);
  });

  test("a function that fails when there is nothing says that there is nothing", async () => {
    const none = "1 error occurred:\n\t* no matching EC2 Internet Gateway found";
    const gateway = create("aws:ec2/internetGateway:InternetGateway");
    const answers = new FakeAccount({ getInternetGateway: new Error(none) });
    const [only] = await judgeAll(answers, [gateway], facts, () => Promise.resolve());
    expect(only?.verdict.kind).toBe("repeat");
    const two = new FakeAccount({ getInternetGateway: new Error("multiple matched") });
    await expect(settle(two, gateway)).rejects.toThrow("multiple matched");
  });
});
