import { swarmClusterProvider } from "../../../providers/swarm-cluster/provider";
import type {
  SwarmClusterInputs,
  SwarmClusterState,
} from "../../../providers/swarm-cluster/membership";
import { swarmServiceProvider } from "../../../providers/swarm-service/provider";
import type {
  SwarmServiceInputs,
  SwarmServiceState,
} from "../../../providers/swarm-service/service-state";
import { sleep } from "../../../providers/transport/deadline";
import { withEngine } from "../../../providers/transport/engine";
import { connectionsOpened } from "../../../providers/transport/pool";
import { serviceSpec } from "../../unit/model/service-specs";
import { type Lab, startLab } from "../lab";
import { provideTaskImage, taskImage, eventually } from "../service-lab";

/**
 * One Swarm goes through its whole life, so the tests depend on their order. Three servers are its
 * members; the fourth one is a stranger.
 */
let lab: Lab;
let cluster: { id: string; state: SwarmClusterState };
let service: { id: string; state: SwarmServiceState };

/** Index of the server that hive does not make a member. */
const stranger = 3;

jest.setTimeout(180_000);

beforeAll(async () => {
  lab = await startLab({ servers: 4, prefix: "swarm" });
}, 600_000);
afterAll(() => lab.destroy());

function members(): SwarmClusterInputs["members"] {
  return lab.hosts.slice(0, stranger).map((access, index) => ({
    access,
    advertiseAddress: lab.address(index),
    labels: { "hive.zone": `zone-${index}` },
    incarnation: lab.instanceId(index),
  }));
}

function clusterInputs(changes: Partial<SwarmClusterInputs> = {}): SwarmClusterInputs {
  return {
    revision: "1",
    members: members(),
    heartbeatSeconds: 2,
    taskHistoryLimit: 5,
    ...changes,
  };
}

/** Inputs of the test's service, with the defaults that `check` writes. */
async function serviceInputs(
  changes: Partial<SwarmServiceInputs> = {},
): Promise<SwarmServiceInputs> {
  const spec = serviceSpec({
    site: "lab.example",
    name: "web",
    image: taskImage,
    mode: { kind: "global" },
    environment: { GREETING: "one" },
    ports: [{ target: 80, published: 8080, protocol: "tcp", mode: "host" }],
    hostname: "{{.Node.Hostname}}",
  });
  const input = {
    ...spec,
    revision: "1",
    managers: lab.hosts.slice(0, stranger),
    ...changes,
  } as SwarmServiceInputs;
  const checked = await swarmServiceProvider.check?.(input, input);
  expect(checked?.failures).toEqual([]);
  return checked?.inputs as SwarmServiceInputs;
}

/** Versions of everything that the Swarm stores: unchanged as long as nobody writes. */
async function versions(index = 1): Promise<unknown> {
  return await withEngine(host(index), async (docker) => {
    const swarm = (await docker.swarmInspect()) as { Version: unknown };
    const nodes = (await docker.listNodes()) as { ID: string; Version?: unknown; Spec?: unknown }[];
    return { swarm: swarm.Version, nodes: nodes.map(({ ID, Spec }) => [ID, Spec]) };
  });
}

/** The labels of a server's node, as a manager lists them. */
async function labelsOf(index: number): Promise<unknown> {
  const nodeId = cluster.state.nodeIds[host(index).name] ?? "";
  return await withEngine(host(0), async (docker) => {
    const node = (await docker.getNode(nodeId).inspect()) as { Spec: { Labels?: unknown } };
    return node.Spec.Labels;
  });
}

function host(index: number): Lab["hosts"][number] {
  const access = lab.hosts[index];
  if (access === undefined) throw new Error(`The lab has no host ${index}.`);
  return access;
}

/** What a host answers on the service's port: the task's environment. */
async function page(index: number): Promise<string> {
  const response = await fetch(`http://${lab.address(index)}:8080/`, {
    signal: AbortSignal.timeout(5000),
  });
  return await response.text();
}

async function readCluster(): Promise<Partial<SwarmClusterInputs> | undefined> {
  const seen = await swarmClusterProvider.read?.(cluster.id, cluster.state);
  return seen?.inputs;
}

/** The tokens with which a server would join as worker or manager now. */
async function joinTokens(manager: number): Promise<readonly string[]> {
  return await withEngine(host(manager), async (docker) => {
    const { JoinTokens: tokens } = (await docker.swarmInspect()) as {
      JoinTokens: { Worker: string; Manager: string };
    };
    return [tokens.Worker, tokens.Manager];
  });
}

/** Lets the stranger ask a manager to let it join. @throws Error with the answer if refused */
async function joinAsStranger(manager: number, token: string): Promise<void> {
  await withEngine(host(stranger), (docker) =>
    docker.swarmJoin({
      ListenAddr: "0.0.0.0:2377",
      AdvertiseAddr: lab.address(stranger),
      RemoteAddrs: [`${lab.address(manager)}:2377`],
      JoinToken: token,
    }),
  );
}

/** Seconds that `work` took. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = Date.now();
  await work();
  return (Date.now() - begin) / 1000;
}

describe("a Swarm on real engines", () => {
  test("is formed of three managers within 30 s, over the one connection that each server gets", async () => {
    const seconds = await timed(async () => {
      const created = await swarmClusterProvider.create(clusterInputs());
      cluster = { id: created.id, state: created.outs as SwarmClusterState };
    });
    expect(seconds).toBeLessThan(30);
    expect(Object.keys(cluster.state.nodeIds)).toHaveLength(3);
    // One each; a connection that nobody used for 3 s is closed, which happens on a busy computer,
    // and opened again.
    for (const count of lab.hosts.slice(0, stranger).map(connectionsOpened)) {
      expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(1 + Math.floor(seconds / 3));
    }
    expect(await readCluster()).toEqual(clusterInputs());
    console.info(`three managers formed a Swarm in ${seconds.toFixed(1)} s`);
  });

  test("is adopted by a second create, which writes nothing", async () => {
    const before = await versions();
    const again = await swarmClusterProvider.create(clusterInputs());
    expect(again).toEqual({ id: cluster.id, outs: cluster.state });
    expect(await versions()).toEqual(before);
  });

  test("shows a label changed by hand, and mends it", async () => {
    const nodeId = cluster.state.nodeIds[host(1).name] ?? "";
    await withEngine(host(0), async (docker) => {
      const node = (await docker.getNode(nodeId).inspect()) as {
        Version: { Index: number };
        Spec: object;
      };
      await docker.getNode(nodeId).update({
        _query: { version: node.Version.Index },
        _body: { ...node.Spec, Labels: { "hive.zone": "moon", theirs: "1" } },
      });
    });
    const seen = await readCluster();
    expect(seen?.members?.[1]?.labels).toEqual({ "hive.zone": "moon" });
    const drifted = { ...cluster.state, ...seen };
    expect(
      (await swarmClusterProvider.diff?.(cluster.id, drifted, clusterInputs()))?.changes,
    ).not.toBe(false);
    await swarmClusterProvider.update?.(cluster.id, drifted, clusterInputs());
    expect(await readCluster()).toEqual(clusterInputs());
  });

  test("sets, changes and removes labels of the stage, each once, and leaves a hand's own ones alone", async () => {
    const labelled = (disk: Record<string, string>): SwarmClusterInputs => ({
      ...clusterInputs(),
      members: members().map((member, index) =>
        index === 1 ? { ...member, labels: { ...member.labels, ...disk } } : member,
      ),
    });
    const bring = async (wanted: SwarmClusterInputs): Promise<void> => {
      const updated = await swarmClusterProvider.update?.(cluster.id, cluster.state, wanted);
      cluster = { ...cluster, state: updated?.outs as SwarmClusterState };
      expect(await readCluster()).toEqual(wanted);
      const before = await versions();
      await swarmClusterProvider.create(wanted);
      expect(await versions()).toEqual(before);
    };
    await bring(labelled({ disk: "ssd" }));
    await bring(labelled({ disk: "hdd", rack: "1" }));
    expect(await labelsOf(1)).toEqual({
      "hive.zone": "zone-1",
      disk: "hdd",
      rack: "1",
      theirs: "1",
    });
    await bring(clusterInputs());
    expect(await labelsOf(1)).toEqual({ "hive.zone": "zone-1", theirs: "1" });
  });

  test("takes over a changed heartbeat", async () => {
    await swarmClusterProvider.update?.(
      cluster.id,
      cluster.state,
      clusterInputs({ heartbeatSeconds: 3 }),
    );
    expect((await readCluster())?.heartbeatSeconds).toBe(3);
    await swarmClusterProvider.update?.(
      cluster.id,
      { ...cluster.state, heartbeatSeconds: 3 },
      clusterInputs(),
    );
    expect((await readCluster())?.heartbeatSeconds).toBe(2);
  });
});

describe("a service on real engines", () => {
  beforeAll(() => provideTaskImage(lab), 300_000);

  test("runs on every host when create returns, and refreshes clean", async () => {
    const inputs = await serviceInputs();
    const created = await swarmServiceProvider.create(inputs);
    service = { id: created.id, state: created.outs as SwarmServiceState };
    for (const index of [0, 1, 2]) {
      expect(await page(index)).toMatch(
        new RegExp(
          `HOSTNAME=${host(index).name}[^]*GREETING=one|GREETING=one[^]*HOSTNAME=${host(index).name}`,
        ),
      );
    }
    const seen = await swarmServiceProvider.read?.(service.id, service.state);
    expect(seen?.inputs).toEqual(inputs);
  });

  test("rolls a changed variable out to every host", async () => {
    const news = await serviceInputs({ environment: { GREETING: "two" } });
    const seconds = await timed(async () => {
      const updated = await swarmServiceProvider.update?.(service.id, service.state, news);
      service.state = updated?.outs as SwarmServiceState;
    });
    for (const index of [0, 1, 2]) expect(await page(index)).toContain("GREETING=two");
    console.info(`a changed variable was rolled out to three hosts in ${seconds.toFixed(1)} s`);
  });

  test("is rolled back when the new tasks fail; the error carries what the task said", async () => {
    const failing = await serviceInputs({ environment: { FAIL: "cannot open /etc/app.conf" } });
    const failed: unknown = await swarmServiceProvider
      .update?.(service.id, service.state, failing)
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({
      message: expect.stringMatching(
        /the update of \S+ failed; the previous release[^]*Task \S+ on swarm\d\.lab\.example failed: task: non-zero exit \(1\)[^]*cannot open \/etc\/app\.conf/,
      ) as string,
      properties: { environment: { GREETING: "two" }, complete: false },
    });
    // The Swarm calls a roll-back complete when its tasks run; a moment later they listen.
    for (const index of [0, 1, 2]) {
      await eventually("the version before serves", 20, async () =>
        (await page(index).catch(() => "")).includes("GREETING=two"),
      );
    }
    const seen = await swarmServiceProvider.read?.(service.id, service.state);
    expect(seen?.inputs).toEqual(await serviceInputs({ environment: { GREETING: "two" } }));

    // The next run goes on from there.
    const { properties } = failed as { properties: SwarmServiceState };
    const mended = await serviceInputs({ environment: { GREETING: "two and a half" } });
    const updated = await swarmServiceProvider.update?.(service.id, properties, mended);
    service.state = updated?.outs as SwarmServiceState;
    for (const index of [0, 1, 2]) expect(await page(index)).toContain("GREETING=two and a half");
  });

  test("whose tasks cannot run from the start is kept as partial, with what the task said", async () => {
    const failing = await serviceInputs({
      name: "broken",
      ports: [],
      environment: { FAIL: "no database" },
    });
    const failed: unknown = await swarmServiceProvider
      .create(failing)
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({
      message: expect.stringMatching(/end again and again[^]*no database/) as string,
      properties: { name: "broken", complete: false },
    });
    const { id, properties } = failed as { id: string; properties: SwarmServiceState };
    await swarmServiceProvider.delete?.(id, properties);
    expect((await swarmServiceProvider.read?.(id, properties))?.id).toBeUndefined();
  });

  test("scaled by hand shows in a refresh, and update brings it back", async () => {
    const inputs = await serviceInputs({
      name: "scaled",
      ports: [],
      mode: { kind: "replicated", replicas: 1 },
    });
    const created = await swarmServiceProvider.create(inputs);
    const state = created.outs as SwarmServiceState;
    await withEngine(host(2), async (docker) => {
      const seen = (await docker.getService(created.id).inspect()) as {
        Version: { Index: number };
        Spec: object;
      };
      await docker.getService(created.id).update({
        version: seen.Version.Index,
        ...seen.Spec,
        Mode: { Replicated: { Replicas: 3 } },
      });
    });
    const seen = await swarmServiceProvider.read?.(created.id, state);
    expect(seen?.inputs).toEqual({ ...inputs, mode: { kind: "replicated", replicas: 3 } });
    await swarmServiceProvider.update?.(created.id, seen?.props as SwarmServiceState, inputs);
    expect((await swarmServiceProvider.read?.(created.id, state))?.inputs).toEqual(inputs);
    await swarmServiceProvider.delete?.(created.id, state);
  });
});

describe("with the leader killed", () => {
  test("a service is updated on the others, refresh and update work within 30 s each, and a new server takes its place", async () => {
    const leader = await withEngine(host(0), async (docker) => {
      const nodes = (await docker.listNodes()) as unknown as {
        Description: { Hostname: string };
        ManagerStatus?: { Leader?: boolean };
      }[];
      return nodes.find(({ ManagerStatus }) => ManagerStatus?.Leader === true)?.Description
        .Hostname;
    });
    const index = lab.hosts.findIndex(({ name }) => name === leader);
    await lab.kill(index);
    // At once, while the Swarm still believes that the host lives: its updater would wait for that
    // host for ever.
    const news = await serviceInputs({ environment: { GREETING: "three" } });
    const seconds = await timed(async () => {
      const updated = await swarmServiceProvider.update?.(service.id, service.state, news);
      service.state = updated?.outs as SwarmServiceState;
    });
    console.info(
      `a service was updated in ${seconds.toFixed(1)} s right after the leader was killed`,
    );
    for (const other of [0, 1, 2].filter((candidate) => candidate !== index)) {
      expect(await page(other)).toContain("GREETING=three");
    }

    let seen: Partial<SwarmClusterInputs> | undefined;
    expect(await timed(async () => (seen = await readCluster()))).toBeLessThan(30);
    expect(seen).toEqual(clusterInputs());
    const shorter = clusterInputs({ taskHistoryLimit: 4 });
    expect(
      await timed(async () => {
        const updated = await swarmClusterProvider.update?.(cluster.id, cluster.state, shorter);
        cluster.state = updated?.outs as SwarmClusterState;
      }),
    ).toBeLessThan(30);
    expect((await readCluster())?.taskHistoryLimit).toBe(4);

    const dead = cluster.state.nodeIds[host(index).name];
    const known = await joinTokens((index + 1) % 3);
    await lab.replace(index);
    const updated = await swarmClusterProvider.update?.(
      cluster.id,
      cluster.state,
      clusterInputs({ taskHistoryLimit: 4 }),
    );
    cluster.state = updated?.outs as SwarmClusterState;
    expect(cluster.state.nodeIds[host(index).name]).not.toBe(dead);
    const ids = await withEngine(host((index + 1) % 3), async (docker) =>
      (await docker.listNodes()).map((node) => (node as { ID: string }).ID),
    );
    expect(ids.sort()).toEqual(Object.values(cluster.state.nodeIds).sort());
    // What the lost server knew opens nothing any more, nor what the new one was given.
    const manager = (index + 1) % 3;
    for (const token of known) {
      await expect(joinAsStranger(manager, token)).rejects.toThrow(/valid join token/);
    }
    // It was the token: with the one of now the same server gets in.
    const [workerToken = ""] = await joinTokens(manager);
    await joinAsStranger(manager, workerToken);
    await withEngine(host(stranger), (docker) => docker.swarmLeave({}));
  });
});

describe("at the end", () => {
  test("the service's tasks are gone when delete returns, and delete may be repeated", async () => {
    await swarmServiceProvider.delete?.(service.id, service.state);
    for (const index of [0, 1, 2]) {
      const running = await withEngine(host(index), (docker) =>
        docker.listContainers({ filters: JSON.stringify({ name: ["web."] }) }),
      );
      expect(running).toEqual([]);
    }
    await swarmServiceProvider.delete?.(service.id, service.state);
  });

  test("the Swarm is dissolved, also with a dead host", async () => {
    await lab.kill(2);
    await sleep(500);
    await swarmClusterProvider.delete?.(cluster.id, cluster.state);
    for (const index of [0, 1]) {
      const info = await withEngine(
        host(index),
        (docker) => docker.info() as Promise<{ Swarm: object }>,
      );
      expect(info.Swarm).toMatchObject({ LocalNodeState: "inactive" });
    }
  });
});
