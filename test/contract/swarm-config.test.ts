import { packed } from "../../providers/framework/packed";
import { swarmConfigProvider } from "../../providers/swarm-config/provider";
import { type FakeSwarmObjects, startFakeSwarmObjects } from "./fake/fake-swarm-objects";
import { type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const server = providerUnderTest(packed("swarm-config", swarmConfigProvider));
let swarm: FakeSwarmObjects;

beforeEach(async () => {
  swarm = await startFakeSwarmObjects(["hive0.example", "hive1.example"]);
});
afterEach(() => swarm.stop());

const inputs = (changes: Properties = {}): Properties => ({
  managers: swarm.hosts.map(({ access }) => access),
  site: "hive.example",
  name: "nginx.conf",
  content: "server_name {{ .Node.Hostname }};\n",
  template: true,
  revision: "1",
  ...changes,
});

describe("SwarmConfig", () => {
  test("makes the config with its content, as a template or as it is", async () => {
    const template = await server.create(inputs());
    const plain = await server.create(inputs({ template: false, name: "plain" }));
    expect(template.outs["configName"]).toMatch(/^nginx\.conf-[0-9a-f]{8}$/);
    expect(swarm.configs).toMatchObject([
      {
        ID: template.id,
        Spec: {
          Name: template.outs["configName"],
          Labels: { "hive.site": "hive.example", "hive.name": "nginx.conf" },
          Data: Buffer.from("server_name {{ .Node.Hostname }};\n").toString("base64"),
          Templating: { Name: "golang" },
        },
      },
      { ID: plain.id, Spec: { Name: plain.outs["configName"] } },
    ]);
    expect(swarm.configs[1]?.Spec.Templating).toBeUndefined();
  });

  test("other content, or whether it is a template, is another config, made before the old one goes", async () => {
    const { id, outs } = await server.create(inputs());
    for (const change of [{ content: "other" }, { template: false }]) {
      expect(await server.diff(id, outs, inputs(change))).toEqual({
        changes: true,
        replaces: Object.keys(change),
        deleteBeforeReplace: false,
      });
    }
    swarm.use(id, "webgate");
    const next = await server.create(inputs({ template: false }));
    expect(swarm.configs).toHaveLength(2);
    swarm.use(id, undefined);
    await server.delete(id, outs);
    expect(swarm.configs.map(({ ID }) => ID)).toEqual([next.id]);
  });

  test("takes over the same config the second time; nothing to do means no connection", async () => {
    const { id, outs } = await server.create(inputs());
    expect((await server.create(inputs())).id).toBe(id);
    const before = swarm.connections();
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    expect(swarm.connections()).toBe(before);
  });

  test("a refresh shows that it is gone; deleting may be repeated", async () => {
    const { id, outs } = await server.create(inputs());
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    await server.delete(id, outs);
    expect((await server.read(id, outs)).id).toBe("");
    await server.delete(id, outs);
  });

  test("says size and limit of what is too large, before anything is touched", async () => {
    const preview = inputs({ managers: unknownValue, content: unknownValue });
    expect((await server.check(preview)).failures).toEqual([]);
    // Two bytes each: the limit is in bytes.
    const { failures } = await server.check(inputs({ content: "é".repeat(256_000) }));
    expect(failures).toEqual([
      {
        property: "",
        reason: expect.stringMatching(
          /^content: The config 'nginx\.conf' has 512000 bytes; the limit of a Swarm is below 512000/,
        ) as string,
      },
    ]);
    expect((await server.check(inputs({ content: "é".repeat(255_999) }))).failures).toEqual([]);
  });
});
