import { packed } from "../../providers/framework/packed";
import { swarmClusterProvider } from "../../providers/swarm-cluster/provider";
import { type FakeSwarm, startFakeSwarm } from "./fake/fake-swarm";
import { PartialFailure, type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const names = ["hive0.example", "hive1.example", "hive2.example"];
const server = providerUnderTest(packed("swarm-cluster", swarmClusterProvider));
let swarm: FakeSwarm;

beforeEach(async () => {
  swarm = await startFakeSwarm(names);
});
afterEach(() => swarm.stop());

/** Inputs for the first `count` hosts. */
function inputs(count = 3, changes: Properties = {}): Properties & { members: Properties[] } {
  return {
    revision: "1",
    heartbeatSeconds: 2,
    taskHistoryLimit: 5,
    members: swarm.hosts.slice(0, count).map(({ access }, index) => ({
      access,
      advertiseAddress: `10.0.0.${index + 1}`,
      labels: { "hive.zone": `zone-${index}` },
      incarnation: `server-${index}`,
    })),
    ...changes,
  };
}

/** What the Swarm looks like from its first living host. */
function nodes(): { name: string; role: string; zone: string | undefined }[] {
  return swarm.nodes.map(({ Description, Spec }) => ({
    name: Description.Hostname,
    role: Spec.Role,
    zone: Spec.Labels["hive.zone"],
  }));
}

describe("SwarmCluster", () => {
  test("makes all hosts managers of one Swarm, labelled, with the wanted heartbeat, over one connection each", async () => {
    const { id, outs } = await server.create(inputs());
    expect(nodes()).toEqual(
      names.map((name, index) => ({ name, role: "manager", zone: `zone-${index}` })),
    );
    expect(swarm.settings).toMatchObject({
      Dispatcher: { HeartbeatPeriod: 2e9 },
      Orchestration: { TaskHistoryRetentionLimit: 5 },
    });
    expect(outs).toMatchObject({
      clusterId: id,
      complete: true,
      nodeIds: Object.fromEntries(names.map((name, index) => [name, swarm.hosts[index]?.nodeId])),
    });
    expect(swarm.connections()).toBe(3);
  });

  test("keeps the join token to itself", async () => {
    const created = await server.create(inputs());
    const read = await server.read(created.id, created.outs);
    for (const token of swarm.joinTokens) {
      expect(JSON.stringify([created, read])).not.toContain(token);
      expect(server.log()).not.toContain(token);
    }
  });

  test("lets no join token work twice, and none that a removed member knew", async () => {
    const { id, outs } = await server.create(inputs());
    // One for each of the two that joined, and the next one.
    expect(new Set(swarm.joinTokens).size).toBe(3);
    await server.update(id, outs, inputs(2));
    expect(new Set(swarm.joinTokens).size).toBe(4);
  });

  test("adopts what is there: a second create writes nothing and yields the same id", async () => {
    const first = await server.create(inputs());
    const writes = swarm.writes().length;
    const second = await server.create(inputs());
    expect(second).toEqual(first);
    expect(swarm.writes()).toHaveLength(writes);
  });

  test("an unchanged resource has no diff and opens no connection", async () => {
    const { id, outs } = await server.create(inputs());
    const before = swarm.connections();
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    expect(swarm.connections()).toBe(before);
  });

  test("how hosts are reached, and the revision, change the state only", async () => {
    const { id, outs } = await server.create(inputs());
    const news = inputs(3, { revision: "2" });
    news.members.forEach((member) => {
      member["access"] = { ...(member["access"] as object), address: "127.0.0.2" };
    });
    expect((await server.diff(id, outs, news)).changes).toBe(true);
    const requests = swarm.hosts.flatMap((host) => host.requests).length;
    const updated = await server.update(id, outs, news);
    expect(updated).toMatchObject({ revision: "2", members: news.members });
    expect(swarm.hosts.flatMap((host) => host.requests)).toHaveLength(requests);
  });

  test("shows drift of labels and settings under the inputs' names, and mends it", async () => {
    const { id, outs } = await server.create(inputs());
    expect((await server.read(id, outs)).inputs).toEqual(inputs());

    const agents = { "hive.with.db": "true" };
    const node = swarm.nodes[1];
    if (node !== undefined)
      node.Spec = { ...node.Spec, Labels: { "hive.zone": "moon", mine: "1", ...agents } };
    swarm.settings = { ...swarm.settings, Dispatcher: { HeartbeatPeriod: 5e9 } };
    const seen = await server.read(id, outs);
    expect(seen.inputs).toMatchObject({ heartbeatSeconds: 5 });
    expect((seen.inputs?.["members"] as Properties[])[1]?.["labels"]).toEqual({
      "hive.zone": "moon",
    });

    expect((await server.diff(id, seen.props, inputs())).changes).toBe(true);
    await server.update(id, seen.props, inputs());
    expect((await server.read(id, seen.props)).inputs).toEqual(inputs());
    expect(swarm.nodes[1]?.Spec.Labels).toMatchObject({ mine: "1", ...agents });
  });

  test("gives nodes the labels of the stage, shows what a hand made of them, and takes away what is no longer wanted", async () => {
    const wanted = (...labels: readonly Properties[]): Properties => {
      const news = inputs();
      labels.forEach((own, index) => {
        const member = news.members[index];
        if (member !== undefined) member["labels"] = { ...(member["labels"] as object), ...own };
      });
      return news;
    };
    const labelsOf = (index: number): Properties => swarm.nodes[index]?.Spec.Labels ?? {};
    const { id, outs } = await server.create(wanted({ disk: "ssd" }, { disk: "hdd" }));
    expect([labelsOf(0)["disk"], labelsOf(1)["disk"]]).toEqual(["ssd", "hdd"]);

    const third = swarm.nodes[2];
    if (third !== undefined)
      third.Spec = { ...third.Spec, Labels: { ...third.Spec.Labels, disk: "ssd", mine: "1" } };
    const seen = await server.read(id, outs);
    expect((seen.inputs?.["members"] as Properties[])[2]?.["labels"]).toEqual({
      "hive.zone": "zone-2",
      disk: "ssd",
    });
    const news = wanted({ disk: "ssd" });
    expect((await server.diff(id, seen.props, news)).changes).toBe(true);
    const updated = await server.update(id, seen.props, news);
    expect([0, 1, 2].map((index) => labelsOf(index)["disk"])).toEqual([
      "ssd",
      undefined,
      undefined,
    ]);

    await server.update(id, updated, inputs());
    expect(labelsOf(0)).toEqual({ "hive.zone": "zone-0" });
    expect(labelsOf(2)).toEqual({ "hive.zone": "zone-2", mine: "1" });
  });

  test("shows a node that has left, and takes it in again without its old entry", async () => {
    const { id, outs } = await server.create(inputs());
    swarm.hosts[2]?.forget();
    const seen = await server.read(id, outs);
    expect(seen.inputs?.["members"]).toHaveLength(2);
    await server.update(id, seen.props, inputs());
    expect(nodes().map(({ name }) => name)).toEqual(names);
    expect(swarm.nodes[2]?.ID).toBe(swarm.hosts[2]?.nodeId);
  });

  test("a dead member stops neither read nor update, and is no drift", async () => {
    const { id, outs } = await server.create(inputs());
    await swarm.hosts[0]?.die();
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    const updated = await server.update(id, outs, inputs(3, { heartbeatSeconds: 3 }));
    expect(updated).toMatchObject({ heartbeatSeconds: 3, complete: true });
    expect(swarm.settings).toMatchObject({ Dispatcher: { HeartbeatPeriod: 3e9 } });
    expect(server.log()).toMatch(
      /the Swarm \S+ works, but:\nhive: \| - hive0\.example does not answer/,
    );
  });

  test("a server that was replaced but does not answer fails the run, by name and with the remedy", async () => {
    const { id, outs } = await server.create(inputs());
    await swarm.hosts[1]?.die();
    const news = inputs();
    if (news.members[1] !== undefined) news.members[1]["incarnation"] = "a new server";
    await expect(server.update(id, outs, news)).rejects.toThrow(
      /hive1\.example could not be made a manager[^]*does not answer[^]*remedy: bring the host back/,
    );
  });

  test("a create that cannot be finished leaves a partial state, and the next run goes on", async () => {
    await swarm.hosts[2]?.die();
    const failed: unknown = await server.create(inputs()).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PartialFailure);
    const { id, properties } = failed as PartialFailure;
    expect(id).not.toBe("");
    await swarm.hosts[2]?.revive();
    expect((await server.diff(id, properties, inputs())).changes).toBe(true);
    const finished = await server.update(id, properties, inputs());
    expect(finished["complete"]).toBe(true);
    expect(nodes()).toHaveLength(3);
  });

  test("with most hosts dead, nothing is begun and nothing is in the state", async () => {
    await Promise.all([swarm.hosts[1]?.die(), swarm.hosts[2]?.die()]);
    const failed: unknown = await server.create(inputs()).catch((error: unknown) => error);
    expect(failed).not.toBeInstanceOf(PartialFailure);
    expect(failed).toMatchObject({
      message: expect.stringMatching(/hive1\.example does not answer/) as string,
    });
    expect(swarm.writes()).toEqual([]);
  });

  test("a member that is taken off the list leaves the Swarm", async () => {
    const { id, outs } = await server.create(inputs());
    await server.update(id, outs, inputs(2));
    expect(nodes().map(({ name }) => name)).toEqual(names.slice(0, 2));
    expect(swarm.hosts[2]?.nodeId).toBeUndefined();
  });

  test("a host that leaves keeps no containers of ended tasks", async () => {
    const { id, outs } = await server.create(inputs());
    const removed = {
      ...{ ID: "removed", Version: { Index: 1 }, auth: undefined },
      Spec: {
        Name: "web",
        TaskTemplate: { ContainerSpec: { Image: "web" } },
        Mode: { Global: {} },
      },
    };
    for (const host of [1, 2])
      swarm.addTask(removed, host, { desired: "shutdown", state: "complete" });
    await server.update(id, outs, inputs(2));
    expect(swarm.containers()).toBe(1);
    await server.delete(id, outs);
    expect(swarm.containers()).toBe(0);
  });

  test("without a majority, refresh keeps the state; when no host knows a Swarm, it is gone", async () => {
    const { id, outs } = await server.create(inputs());
    await Promise.all([swarm.hosts[0]?.die(), swarm.hosts[1]?.die()]);
    const kept = await server.read(id, outs);
    expect({ id: kept.id, inputs: kept.inputs }).toEqual({ id, inputs: inputs() });
    await Promise.all([swarm.hosts[0]?.revive(), swarm.hosts[1]?.revive()]);
    swarm.hosts.forEach((host) => host.forget());
    expect((await server.read(id, outs)).id).toBe("");
  }, 40_000);

  test("is dissolved by delete, which may be repeated and does not mind a dead host", async () => {
    const { id, outs } = await server.create(inputs());
    await swarm.hosts[0]?.die();
    await server.delete(id, outs);
    expect(swarm.hosts.slice(1).map(({ nodeId }) => nodeId)).toEqual([undefined, undefined]);
    await server.delete(id, outs);
    expect(server.log()).toMatch(/a host could not leave the Swarm\. hive0\.example: Cannot reach/);
  });

  test("check names what is wrong, and waits with what is unknown", async () => {
    const wrong = await server.check(inputs(3, { heartbeatSeconds: 0, members: [] }));
    expect(wrong.failures.map(({ reason }) => reason)).toEqual([
      "heartbeatSeconds: is 0; give 1 to 60",
      "members: is empty; a Swarm has at least one manager",
    ]);
    const unknown = inputs(3, { members: unknownValue });
    expect((await server.check(unknown)).failures).toEqual([]);
    expect((await server.diff("id", { ...inputs(), complete: true }, unknown)).changes).toBe(true);
  });
});
