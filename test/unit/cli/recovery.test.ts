import { readResource } from "../../../cli/pulumi/state";
import { recover, recoverForDestroy } from "../../../cli/pulumi/recovery";
import type { Stack } from "../../../cli/pulumi/stack";
import type { StackState } from "../../../cli/pulumi/state";
import { listObjects, removeObjects } from "../../../fleet/container/docker-engine";
import type { DockerObject } from "../../../fleet/container/objects";
import { createRecovery, recoveryOf } from "../../../fleet/recoveries";
import type { OpenCreate } from "../../../fleet/recovery";

jest.mock("../../../fleet/container/docker-engine");

const owner = recoveryOf({ fleet: "container", siteName: "hive.example", stage: "private" });
const labels = { "hive.site": "hive.example", "hive.stage": "private" };
const container = "docker:index/container:Container";
const resource = (id: string) =>
  readResource({ urn: `urn:pulumi:private::hive::${container}::${id}`, type: container, id });
const onEngine = (...objects: Omit<DockerObject, "name" | "labels">[]) =>
  jest
    .mocked(listObjects)
    .mockResolvedValue(objects.map((object) => ({ ...object, name: `p-${object.id}`, labels })));

/** A stack with this state; tells what was done to it. */
function stackWith(state: Partial<StackState>, staleLocks = 0, failed = false) {
  const done: string[] = [];
  const lock = { pid: 1, username: "u", hostname: "h", timestamp: "2026-11-23T14:00:00Z" };
  const stack = {
    stage: "private",
    releaseStaleLocks: () => Promise.resolve(Array.from({ length: staleLocks }, () => lock)),
    currentState: () => Promise.resolve({ resources: [], pending: [], ...state }),
    hasFailedSinceRefresh: () => Promise.resolve(failed),
    clearPending: () => {
      done.push("pending cleared");
      return Promise.resolve();
    },
  } as unknown as Stack;
  return { stack, done };
}

const removed = () =>
  jest.mocked(removeObjects).mock.calls.flatMap(([objects]) => objects.map(({ id }) => id));
const pending = [
  { urn: "urn:pulumi:private::hive::t::fleet-hive0", type: container, operation: "creating" },
];
const said: string[] = [];
const say = (text: string) => void said.push(text);

beforeEach(() => {
  jest.resetAllMocks();
  said.length = 0;
});

test("a quiet stack: nothing is said, nothing is done", async () => {
  onEngine({ kind: "container", id: "hive0" });
  const { stack, done } = stackWith({ resources: [resource("hive0")] });
  expect(await recover(stack, owner, say)).toMatchObject({ gone: [] });
  expect([said, done, removed()]).toEqual([[], [], []]);
});

test("after an interrupted create, the container that nobody recorded makes room; a volume stays with its data", async () => {
  onEngine(
    { kind: "container", id: "orphan" },
    { kind: "volume", id: "data" },
    { kind: "network", id: "net" },
  );
  const { stack, done } = stackWith({ pending });
  await recover(stack, owner, say);
  expect(removed()).toEqual(["orphan", "net"]);
  expect(done).toEqual(["pending cleared"]);
  expect(said.join("\n")).toMatch(
    /creating fleet-hive0[\s\S]*1 container \(p-orphan\) and 1 network/,
  );
});

test("the create of something that would then exist twice is not forgotten; nothing is changed", async () => {
  onEngine({ kind: "container", id: "orphan" });
  const type = "aws:ec2/eip:Eip";
  const open = { urn: `urn:pulumi:staging::hive::${type}::address`, type, operation: "creating" };
  const { stack, done } = stackWith({ pending: [...pending, open] });
  await expect(recover(stack, owner, say)).rejects.toThrow(
    /created these resources[^]*address: urn:[^]*Nothing was changed[^]*--import-pending-creates[^]*--clear-pending-creates/,
  );
  await expect(recoverForDestroy(stack, owner, say)).rejects.toThrow(/Nothing was changed/);
  expect([done, removed()]).toEqual([[], []]);
  const inState = { ...open, type: "pulumi:pulumi:Stack" };
  const other = stackWith({ pending: [{ ...open, operation: "updating" }, inState] });
  await recover(other.stack, owner, say);
  expect(other.done).toEqual(["pending cleared"]);
});

describe("creates in a cloud", () => {
  const type = "aws:ec2/vpc:Vpc";
  const urn = `urn:pulumi:staging::hive::hive:index:Hive$hive:index:AwsFleet$${type}::fleet-network`;
  const open = { urn, type, operation: "creating" };
  const create = { urn, type, inputs: {}, account: { region: "x" } };
  const settle = jest.spyOn(createRecovery, "settle");
  const stackOf = (creates: readonly OpenCreate[] | undefined) => {
    const { stack, done } = stackWith({ pending: [open], resources: [resource("known")] });
    const more = {
      openCreates: (urns: readonly string[]) => {
        expect(urns).toEqual([urn]);
        return Promise.resolve(creates);
      },
      beforeLastRun: () => Promise.resolve(new Date(0)),
      pulumi: { env: { PULUMI_HOME: "/home" } },
    };
    return { stack: Object.assign(stack, more), done };
  };

  test("what they made is asked for, and then they are repeated", async () => {
    const ended = [{ urn, id: "vpc-0", outputs: {} }];
    settle.mockResolvedValue(ended);
    const { stack, done } = stackOf([create]);
    const clear = jest.spyOn(stack, "clearPending");
    await recover(stack, undefined, say);
    const [creates, facts, env] = settle.mock.calls[0] ?? [];
    expect(creates).toEqual([create]);
    expect(facts).toMatchObject({ stage: "private", knownIds: new Set(["known"]) });
    expect(env).toEqual({ PULUMI_HOME: "/home" });
    expect(clear).toHaveBeenCalledWith(ended);
    expect(done).toEqual(["pending cleared"]);
    expect(said).toEqual([expect.stringContaining("creating fleet-network")]);
  });

  test("while the account does not say, nothing is forgotten", async () => {
    settle.mockRejectedValue(new Error("no answer"));
    const { stack, done } = stackOf([create]);
    await expect(recoverForDestroy(stack, undefined, say)).rejects.toThrow("no answer");
    const apart = stackOf(undefined);
    await expect(recover(apart.stack, undefined, say)).rejects.toThrow("--import-pending-creates");
    expect([done, apart.done]).toEqual([[], []]);
  });
});

test("a stale lock alone is an interruption too", async () => {
  onEngine({ kind: "container", id: "orphan" });
  await recover(stackWith({}, 1).stack, owner, say);
  expect(removed()).toEqual(["orphan"]);
});

test("without an interruption, servers that nobody recorded are another clone's: nothing is touched", async () => {
  onEngine({ kind: "container", id: "theirs" });
  await expect(recover(stackWith({}).stack, owner, say)).rejects.toThrow(
    /Another clone[\s\S]*Nothing was changed/,
  );
  expect(removed()).toEqual([]);
});

test("a volume that is left from before is no stranger", async () => {
  onEngine({ kind: "volume", id: "data" });
  expect(await recover(stackWith({}).stack, owner, say)).toMatchObject({ gone: [] });
});

test("a server that was removed by hand is told and handed on", async () => {
  onEngine({ kind: "container", id: "hive0" });
  const { gone } = await recover(
    stackWith({ resources: [resource("hive0"), resource("hive1")] }).stack,
    owner,
    say,
  );
  expect(gone.map(({ id }) => id)).toEqual(["hive1"]);
  expect(said).toEqual([
    "No longer on this computer's Docker Engine: hive1; created again by this run.",
  ]);
});

test("destroying ignores objects that the state does not know: they are removed at its end", async () => {
  onEngine({ kind: "container", id: "theirs" });
  const { stack } = stackWith({ resources: [resource("hive0")] });
  expect((await recoverForDestroy(stack, owner, say)).gone.map(({ id }) => id)).toEqual(["hive0"]);
  expect(removed()).toEqual([]);
});

test("a stage without servers on this computer does not ask its Docker Engine", async () => {
  const { stack, done } = stackWith({ pending });
  await recover(stack, undefined, say);
  expect(listObjects).not.toHaveBeenCalled();
  expect(done).toEqual(["pending cleared"]);
});

describe("services that a run may have left otherwise than the state says", () => {
  const service = {
    ...resource("store"),
    type: "pulumi-nodejs:dynamic/hive:SwarmService",
  };
  test.each([
    ["after a run that went well, none", 0, false, []],
    ["after one that failed, all", 0, true, [service]],
    ["after one that was killed, all", 1, false, [service]],
  ] as const)("%s", async (_what, staleLocks, failed, unsure) => {
    onEngine();
    const { stack } = stackWith({ resources: [service] }, staleLocks, failed);
    expect((await recover(stack, undefined, say)).unsure).toEqual(unsure);
  });
});
