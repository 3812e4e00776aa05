import { packed } from "../../providers/packed";
import { swarmServiceProvider } from "../../providers/swarm-service/provider";
import { type FakeSwarm, startFakeSwarm } from "./fake/fake-swarm";
import {
  PartialFailure,
  type Properties,
  type ProviderServer,
  startProviderServer,
  unknownValue,
} from "./provider-server";
import { serializeProvider } from "./serialized-provider";

const names = ["hive0.example", "hive1.example", "hive2.example"];
const image = "registry.hive.example:5000/web@sha256:0123";
const password = "planted-secret";
let text: string;
let server: ProviderServer;
let swarm: FakeSwarm;

beforeAll(async () => {
  text = (await serializeProvider(packed(swarmServiceProvider))).text;
  server = await startProviderServer();
}, 30_000);
afterAll(() => server.stop());
beforeEach(async () => {
  swarm = await startFakeSwarm(names);
  swarm.form();
});
afterEach(() => swarm.stop());

/** Inputs as a program gives them, checked. */
async function inputs(changes: Properties = {}): Promise<Properties> {
  const wish = {
    revision: 1,
    managers: swarm.hosts.map(({ access }) => access),
    site: "hive.example",
    name: "web",
    image,
    mode: { kind: "global" },
    environment: { GREETING: "hello", A: "1" },
    ports: [{ target: 80, published: 8080, protocol: "tcp", mode: "host" }],
    update: { monitorSeconds: 0.1 },
    convergeDeadlineSeconds: 10,
    ...changes,
  };
  const { inputs: checked, failures } = await server.check(text, wish);
  expect(failures).toEqual([]);
  return checked;
}

describe("SwarmService", () => {
  test("runs on every host, as the engine is told it, and says so only when it does", async () => {
    const { id, outs } = await server.create(
      text,
      await inputs({ registryAuth: { username: "pull", password } }),
    );
    const [service] = swarm.services;
    expect(service).toMatchObject({
      ID: id,
      Spec: {
        Name: "web",
        Labels: { "hive.site": "hive.example" },
        Mode: { Global: {} },
        TaskTemplate: {
          ContainerSpec: { Image: image, Env: ["A=1", "GREETING=hello"], StopGracePeriod: 10e9 },
        },
        UpdateConfig: { Order: "stop-first", FailureAction: "rollback", Parallelism: 1 },
        EndpointSpec: {
          Ports: [{ TargetPort: 80, PublishedPort: 8080, Protocol: "tcp", PublishMode: "host" }],
        },
      },
    });
    expect(JSON.parse(Buffer.from(service?.auth ?? "", "base64").toString())).toEqual({
      username: "pull",
      password,
      serveraddress: "registry.hive.example:5000",
    });
    expect(outs).toMatchObject({ serviceId: id, complete: true, image });
    expect(server.log()).not.toContain(password);
  });

  test("refresh of an untouched service shows nothing, though the engine wrote its defaults", async () => {
    const wanted = await inputs({ hostname: "{{.Node.Hostname}}" });
    const { id, outs } = await server.create(text, wanted);
    const [service] = swarm.services;
    if (service !== undefined) {
      service.Spec = {
        ...service.Spec,
        TaskTemplate: {
          ...service.Spec.TaskTemplate,
          Runtime: "container",
          Placement: {},
        } as never,
      };
    }
    const seen = await server.read(text, id, outs);
    expect(seen.inputs).toEqual(wanted);
    expect((await server.diff(text, id, seen.props, wanted)).changes).toBe(false);
  });

  test("an unchanged service has no diff and opens no connection", async () => {
    const wanted = await inputs();
    const { id, outs } = await server.create(text, wanted);
    const before = swarm.connections();
    expect((await server.diff(text, id, outs, wanted)).changes).toBe(false);
    expect(swarm.connections()).toBe(before);
  });

  test("other managers or another revision change the state only", async () => {
    const { id, outs } = await server.create(text, await inputs());
    const requests = (): number => swarm.hosts.flatMap((host) => host.requests).length;
    const before = requests();
    const news = await inputs({ revision: 2, managers: [swarm.hosts[1]?.access] });
    expect((await server.diff(text, id, outs, news)).changes).toBe(true);
    expect(await server.update(text, id, outs, news)).toMatchObject({ revision: 2, serviceId: id });
    expect(requests()).toBe(before);
  });

  test("shows what was changed by hand under the inputs' names, and mends it", async () => {
    const wanted = await inputs({ mode: { kind: "replicated", replicas: 2 }, ports: [] });
    const { id, outs } = await server.create(text, wanted);
    const [service] = swarm.services;
    if (service !== undefined)
      service.Spec = { ...service.Spec, Mode: { Replicated: { Replicas: 7 } } };
    const seen = await server.read(text, id, outs);
    expect(seen.inputs).toMatchObject({ mode: { kind: "replicated", replicas: 7 } });
    expect((await server.diff(text, id, seen.props, wanted)).changes).toBe(true);
    await server.update(text, id, seen.props, wanted);
    expect(swarm.services[0]?.Spec.Mode).toEqual({ Replicated: { Replicas: 2 } });
  });

  test("an update that fails is rolled back by the Swarm, and the error carries the task's own words", async () => {
    const { id, outs } = await server.create(text, await inputs());
    const news = await inputs({ environment: { FAIL: "cannot open /etc/app.conf" } });
    await expect(server.update(text, id, outs, news)).rejects.toThrow(
      /service 'web' .*rolled back[^]*Task \S+ on hive\d\.example failed: task: non-zero exit \(1\)[^]*cannot open \/etc\/app\.conf/,
    );
    expect(swarm.services[0]?.Spec.TaskTemplate.ContainerSpec.Env).toEqual([
      "A=1",
      "GREETING=hello",
    ]);
  });

  test("a create whose tasks fail leaves the service in the state, and the next run mends it", async () => {
    const failing = await inputs({ environment: { FAIL: "no database" } });
    const failed: unknown = await server.create(text, failing).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(PartialFailure);
    expect(failed).toMatchObject({ message: expect.stringMatching(/no database/) as string });
    const { id, properties } = failed as PartialFailure;
    expect(id).toBe(swarm.services[0]?.ID);

    const wanted = await inputs();
    const updated = await server.update(text, id, properties, wanted);
    expect(updated["complete"]).toBe(true);
    await server.delete(text, id, properties);
    expect(swarm.services).toEqual([]);
  });

  test("adopts the site's own service of that name", async () => {
    const first = await server.create(text, await inputs());
    const writes = swarm.writes().length;
    expect((await server.create(text, await inputs())).id).toBe(first.id);
    expect(swarm.writes()).toHaveLength(writes);
    const changed = await server.create(text, await inputs({ environment: {} }));
    expect(changed.id).toBe(first.id);
    expect(swarm.services[0]?.Spec.TaskTemplate.ContainerSpec.Env).toEqual([]);
  });

  test("refuses a foreign service of that name and leaves it alone", async () => {
    await server.create(text, await inputs({ site: "other.example" }));
    const writes = swarm.writes().length;
    await expect(server.create(text, await inputs())).rejects.toThrow(
      /a service named 'web' already, and it belongs to the site 'other\.example'[^]*docker service rm web/,
    );
    expect(swarm.writes()).toHaveLength(writes);
  });

  test("tries again when another writer came in between", async () => {
    const { id, outs } = await server.create(text, await inputs());
    swarm.interfere(2);
    await server.update(text, id, outs, await inputs({ environment: { A: "2" } }));
    expect(swarm.services[0]?.Spec.TaskTemplate.ContainerSpec.Env).toEqual(["A=2"]);
  });

  test("hands a new account of the registry on to the Swarm", async () => {
    const { id, outs } = await server.create(
      text,
      await inputs({ registryAuth: { username: "pull", password: "old" } }),
    );
    await server.update(
      text,
      id,
      outs,
      await inputs({ registryAuth: { username: "pull", password } }),
    );
    expect(Buffer.from(swarm.services[0]?.auth ?? "", "base64").toString()).toContain(password);
  });

  test("works with any one manager dead", async () => {
    const { id, outs } = await server.create(text, await inputs());
    await swarm.hosts[0]?.die();
    await server.update(text, id, outs, await inputs({ environment: { A: "3" } }));
    expect(swarm.services[0]?.Spec.TaskTemplate.ContainerSpec.Env).toEqual(["A=3"]);
    expect((await server.read(text, id, outs)).inputs).toMatchObject({ environment: { A: "3" } });
  });

  test("without quorum, update names each host and what to do, refresh keeps the state, delete goes through", async () => {
    const wanted = await inputs();
    const { id, outs } = await server.create(text, wanted);
    await Promise.all([swarm.hosts[0]?.die(), swarm.hosts[2]?.die()]);
    await expect(server.update(text, id, outs, await inputs({ environment: {} }))).rejects.toThrow(
      /No Swarm manager with quorum among 3 host\(s\):\n {2}- hive0[^]*- hive1[^]*does not have a leader[^]*- hive2[^]*Bring back/,
    );
    expect((await server.read(text, id, outs)).inputs).toEqual(wanted);
    await server.delete(text, id, outs);
    expect(server.log()).toMatch(/service 'web' could not be removed and is forgotten/);
  });

  test("is gone for a refresh when it was removed by hand; delete may be repeated", async () => {
    const { id, outs } = await server.create(text, await inputs());
    await server.delete(text, id, outs);
    await server.delete(text, id, outs);
    expect(swarm.services).toEqual([]);
    expect((await server.read(text, id, outs)).id).toBe("");
  });

  test("another name replaces it; another kind of mode does too, the old one first", async () => {
    const { id, outs } = await server.create(text, await inputs());
    expect(await server.diff(text, id, outs, await inputs({ name: "web2" }))).toEqual({
      changes: true,
      replaces: ["name"],
      deleteBeforeReplace: false,
    });
    const replicated = await inputs({ mode: { kind: "replicated", replicas: 1 } });
    expect(await server.diff(text, id, outs, replicated)).toEqual({
      changes: true,
      replaces: ["mode"],
      deleteBeforeReplace: true,
    });
  });

  test("check names what is wrong, and waits with what is unknown", async () => {
    const bad = {
      ...(await inputs()),
      name: "no spaces",
      image: "",
      update: { order: "start-first" },
    };
    const { failures } = await server.check(text, bad);
    expect(failures.map(({ property }) => property)).toEqual(["name", "image", "update"]);

    const unknown = { ...(await inputs()), image: unknownValue, ports: unknownValue };
    expect((await server.check(text, unknown)).failures).toEqual([]);
    const olds = { ...(await inputs()), complete: true };
    expect(await server.diff(text, "id", olds, unknown)).toMatchObject({
      changes: true,
      replaces: [],
    });
  });
});
