import { packed } from "../../providers/framework/packed";
import { swarmServiceProvider } from "../../providers/swarm-service/provider";
import { serviceSpec } from "../unit/model/service-specs";
import { type FakeSwarm, startFakeSwarm } from "./fake/fake-swarm";
import { type Properties } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

/**
 * What services hold, and give up, as several resources are created and changed at the same time.
 */
const names = ["hive0.example", "hive1.example", "hive2.example"];
const image = "registry.hive.example:5000/health-checked@sha256:0123";
const server = providerUnderTest(packed("swarm-service", swarmServiceProvider));
let swarm: FakeSwarm;

beforeEach(async () => {
  swarm = await startFakeSwarm(names);
  swarm.form();
});
afterEach(() => swarm.stop());

async function inputs(name: string, changes: Properties = {}): Promise<Properties> {
  const { update, ...spec } = serviceSpec({ image, name });
  const input = {
    ...spec,
    revision: "1",
    managers: swarm.hosts.map(({ access }) => access),
    update: { ...update, monitorSeconds: 0.1 },
    convergeDeadlineSeconds: 20,
    ...changes,
  };
  const { inputs: checked, failures } = await server.check(input);
  expect(failures).toEqual([]);
  return checked;
}

function mounting(...volumes: string[]): Properties {
  const rest = { readOnly: false, driver: "hive-shared", driverOptions: {}, noCopy: true };
  return {
    mounts: volumes.map((source) => ({ kind: "volume", source, target: `/${source}`, ...rest })),
  };
}

function publishing(published: number, mode: "host" | "ingress"): Properties {
  return {
    endpointMode: "vip",
    ports: [{ target: 80, published, protocol: "tcp", mode }],
  };
}

/** The most tasks that had a volume at the same time. */
function watchWriters(volume: string): () => number {
  let most = 0;
  const look = (): void => {
    const writers = swarm.running(
      ({ ContainerSpec }) => ContainerSpec.Mounts?.some(({ Source }) => Source === volume) === true,
    );
    most = Math.max(most, writers.length);
  };
  const timer = setInterval(look, 10);
  swarm.watch(look);
  return () => {
    clearInterval(timer);
    return most;
  };
}

const global = { mode: { kind: "global" } };

test("a renamed service starts when the old one has stopped, and has let go of the volume", async () => {
  const old = await server.create(await inputs("store", mounting("data")));
  swarm.stopSlowly(600);
  const writers = watchWriters("data");
  await server.create(await inputs("store2", mounting("data")));
  expect(swarm.services.find(({ Spec }) => Spec.Name === "store")?.Spec).toMatchObject({
    Labels: { "hive.gave": "the volume data to store2" },
    Mode: { Replicated: { Replicas: 0 } },
  });
  await server.delete(old.id, old.outs);
  expect(writers()).toBe(1);
  expect(swarm.running()).toEqual(["store2"]);
});

test("two services exchange their volumes in one run, each with one writer all the time", async () => {
  const one = await server.create(await inputs("one", mounting("a")));
  const two = await server.create(await inputs("two", mounting("b")));
  swarm.stopSlowly(400);
  swarm.interfere(1);
  const [a, b] = [watchWriters("a"), watchWriters("b")];
  await Promise.all([
    server.update(one.id, one.outs, await inputs("one", mounting("b"))),
    server.update(two.id, two.outs, await inputs("two", mounting("a"))),
  ]);
  expect([a(), b()]).toEqual([1, 1]);
  expect(swarm.running().sort()).toEqual(["one", "two"]);
  expect(swarm.services.map(({ Spec }) => Spec.Labels?.["hive.gave"])).toEqual([
    undefined,
    undefined,
  ]);
});

test("a service that is stopped while its own change begins has one writer: the change waits for the last task's end", async () => {
  const one = await server.create(await inputs("one", mounting("data")));
  const writers = watchWriters("data");
  swarm.stopSlowly(800);
  // The change is refused once, and tried again after a pause; in that, the service is stopped as
  // for another one.
  swarm.interfere(1);
  const changed = await inputs("one", { ...mounting("data"), environment: { EDITION: "2" } });
  const stopped = await inputs("one", {
    ...mounting("data"),
    mode: { kind: "replicated", replicas: 0 },
    labels: { "hive.gave": "the volume other to two" },
  });
  let isStopped = false;
  const stop = async (): Promise<void> => {
    while (!swarm.writes().some((write) => write.includes("/update"))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await server.update(one.id, one.outs, stopped).catch(() => undefined);
  };
  swarm.watch(() => {
    isStopped ||= swarm.services[0]?.Spec.Labels?.["hive.gave"] !== undefined;
  });
  const stopping = stop();
  await server.update(one.id, one.outs, changed);
  await stopping;
  expect([isStopped, writers()]).toEqual([true, 1]);
});

test("a bad release that left its volume behind is not rolled back into it", async () => {
  const one = await server.create(await inputs("one", mounting("a")));
  const bad = await inputs("one", { ...mounting("b"), environment: { FAIL: "no" } });
  await expect(server.update(one.id, one.outs, bad)).rejects.toThrow(
    "the update of one failed; the previous release is back; it had no task",
  );
  expect(swarm.running()).toEqual([]);
  const mended = await inputs("one", mounting("b"));
  const failed = { ...one.outs, complete: false };
  expect(await server.update(one.id, failed, mended)).toMatchObject({ complete: true });
  expect(swarm.running()).toEqual(["one"]);
});

test("what a failed run left without its volume is seen by a refresh, and comes back", async () => {
  const wanted = await inputs("store", mounting("data"));
  const old = await server.create(wanted);
  const successor = await server.create(await inputs("store2", mounting("data")));
  // The rename is taken back: the old service's inputs are what the state has.
  expect((await server.diff(old.id, old.outs, wanted)).changes).toBe(false);
  const seen = await server.read(old.id, old.outs);
  expect((await server.diff(old.id, seen.props, wanted)).changes).toBe(true);
  await server.update(old.id, seen.props, wanted);
  expect(swarm.running()).toEqual(["store"]);
  await server.delete(successor.id, successor.outs);
  expect(swarm.running()).toEqual(["store"]);
});

test("a service of somebody else keeps what it has, and nothing is changed", async () => {
  await server.create(await inputs("mine", { ...mounting("data"), site: "other.example" }));
  const writes = swarm.writes().length;
  await expect(server.create(await inputs("store", mounting("data")))).rejects.toThrow(
    /'store' was not changed.*'mine' on hive\d\.example.*docker service scale mine=0/,
  );
  expect(swarm.writes()).toHaveLength(writes);
});

test("a task that does not stop is a refusal with the command that ends it", async () => {
  const fast = { ...mounting("data"), stopGracePeriodSeconds: 0 };
  await server.create(await inputs("store", fast));
  swarm.stopSlowly(600_000);
  await expect(server.create(await inputs("store2", fast))).rejects.toThrow(
    /'store2' was not changed: the volume data is held by a task of store on hive\d\.example[^]*docker kill/,
  );
  expect(swarm.services.map(({ Spec }) => Spec.Name)).toEqual(["store"]);
}, 40_000);

test("a port of the mesh moves to a renamed service, and the old one runs on until it is removed", async () => {
  await server.create(await inputs("front", publishing(8084, "ingress")));
  await server.create(await inputs("front2", publishing(8084, "ingress")));
  expect(swarm.running().sort()).toEqual(["front", "front2"]);
  expect(
    swarm.services.map(({ Spec }) => [Spec.Name, Spec.EndpointSpec?.Ports?.length ?? 0]),
  ).toEqual([
    ["front", 0],
    ["front2", 1],
  ]);
});

test("two services exchange ports of the mesh in one run", async () => {
  const one = await server.create(await inputs("one", publishing(8084, "ingress")));
  const two = await server.create(await inputs("two", publishing(8085, "ingress")));
  await Promise.all([
    server.update(one.id, one.outs, await inputs("one", publishing(8085, "ingress"))),
    server.update(two.id, two.outs, await inputs("two", publishing(8084, "ingress"))),
  ]);
  expect(swarm.services.map(({ Spec }) => Spec.EndpointSpec?.Ports?.[0]?.PublishedPort)).toEqual([
    8085, 8084,
  ]);
});

test("a port of every host moves to a renamed service, which is there before the old one stops", async () => {
  await server.create(await inputs("old", { ...global, ...publishing(8083, "host") }));
  const seen: string[] = [];
  swarm.watch(() => seen.push(swarm.services.map(({ Spec }) => Spec.Name).join()));
  await server.create(await inputs("newer", { ...global, ...publishing(8083, "host") }));
  expect(seen[0]).toBe("old,newer");
  expect(swarm.running()).toEqual(["newer", "newer", "newer"]);
});

test("two global services exchange ports of the hosts in one run, and end as they are wanted", async () => {
  const on = (published: number): Properties => ({ ...global, ...publishing(published, "host") });
  const one = await server.create(await inputs("one", on(8081)));
  const two = await server.create(await inputs("two", on(8082)));
  const wanted = [await inputs("one", on(8082)), await inputs("two", on(8081))];
  const outs = await Promise.all([
    server.update(one.id, one.outs, wanted[0] as Properties),
    server.update(two.id, two.outs, wanted[1] as Properties),
  ]);
  expect(swarm.running()).toHaveLength(6);
  expect((await server.read(one.id, outs[0])).inputs).toEqual(wanted[0]);
  expect((await server.read(two.id, outs[1])).inputs).toEqual(wanted[1]);
});

test.each([
  ["of the mesh", "ingress", {}],
  ["of every host", "host", global],
] as const)(
  "a port %s moves from a service that is removed to one that is there",
  async (_, mode, kind) => {
    const old = await server.create(await inputs("old", { ...kind, ...publishing(8086, mode) }));
    const other = await server.create(await inputs("other", { ...kind, endpointMode: "vip" }));
    const wanted = await inputs("other", { ...kind, ...publishing(8086, mode) });
    const outs = await server.update(other.id, other.outs, wanted);
    await server.delete(old.id, old.outs);
    expect(swarm.services.map(({ Spec }) => Spec.Name)).toEqual(["other"]);
    expect((await server.read(other.id, outs)).inputs).toEqual(wanted);
    expect(new Set(swarm.running())).toEqual(new Set(["other"]));
  },
);

test("two services exchange an alias, a config and a secret in one run", async () => {
  const file = (id: string): Properties => ({
    ...{ id, name: `${id}-1`, target: `/etc/${id}`, uid: 0, gid: 0, mode: "0444" },
  });
  const having = (alias: string, config: string, secret: string): Properties => ({
    networks: [{ id: "net", aliases: [alias] }],
    configs: [file(config)],
    secrets: [file(secret)],
  });
  const [red, blue] = [having("red", "c1", "s1"), having("blue", "c2", "s2")];
  const one = await server.create(await inputs("one", red));
  const two = await server.create(await inputs("two", blue));
  const wanted = [await inputs("one", blue), await inputs("two", red)] as const;
  const outs = await Promise.all([
    server.update(one.id, one.outs, wanted[0]),
    server.update(two.id, two.outs, wanted[1]),
  ]);
  expect((await server.read(one.id, outs[0])).inputs).toEqual(wanted[0]);
  expect((await server.read(two.id, outs[1])).inputs).toEqual(wanted[1]);
  expect(swarm.running().sort()).toEqual(["one", "two"]);
});
