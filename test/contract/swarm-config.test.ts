import { packed } from "../../providers/framework/packed";
import { swarmConfigProvider } from "../../providers/swarm-config/provider";
import { type FakeSwarmObjects, startFakeSwarmObjects } from "./fake/fake-swarm-objects";
import {
  type Properties,
  type ProviderServer,
  startProviderServer,
  unknownValue,
} from "./provider-server";
import { serializeProvider } from "./serialized-provider";

// The start of the server takes seconds on a busy computer.
jest.setTimeout(60_000);

let text: string;
let server: ProviderServer;
let swarm: FakeSwarmObjects;

beforeAll(async () => {
  text = (await serializeProvider(packed("swarm-config", swarmConfigProvider))).text;
  server = await startProviderServer();
});
afterAll(() => server.stop());
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
    const template = await server.create(text, inputs());
    const plain = await server.create(text, inputs({ template: false, name: "plain" }));
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
    const { id, outs } = await server.create(text, inputs());
    for (const change of [{ content: "other" }, { template: false }]) {
      expect(await server.diff(text, id, outs, inputs(change))).toEqual({
        changes: true,
        replaces: Object.keys(change),
        deleteBeforeReplace: false,
      });
    }
    swarm.use(id, "webgate");
    const next = await server.create(text, inputs({ template: false }));
    expect(swarm.configs).toHaveLength(2);
    swarm.use(id, undefined);
    await server.delete(text, id, outs);
    expect(swarm.configs.map(({ ID }) => ID)).toEqual([next.id]);
  });

  test("takes over the same config the second time; nothing to do means no connection", async () => {
    const { id, outs } = await server.create(text, inputs());
    expect((await server.create(text, inputs())).id).toBe(id);
    const before = swarm.connections();
    expect((await server.diff(text, id, outs, inputs())).changes).toBe(false);
    expect(swarm.connections()).toBe(before);
  });

  test("a refresh shows that it is gone; deleting may be repeated", async () => {
    const { id, outs } = await server.create(text, inputs());
    expect((await server.read(text, id, outs)).inputs).toEqual(inputs());
    await server.delete(text, id, outs);
    expect((await server.read(text, id, outs)).id).toBe("");
    await server.delete(text, id, outs);
  });

  test("says size and limit of what is too large, before anything is touched", async () => {
    const preview = inputs({ managers: unknownValue, content: unknownValue });
    expect((await server.check(text, preview)).failures).toEqual([]);
    // Two bytes each: the limit is in bytes.
    const { failures } = await server.check(text, inputs({ content: "é".repeat(256_000) }));
    expect(failures).toEqual([
      {
        property: "",
        reason: expect.stringMatching(
          /^content: The config 'nginx\.conf' has 512000 bytes; a Swarm takes less than 512000/,
        ) as string,
      },
    ]);
    expect((await server.check(text, inputs({ content: "é".repeat(255_999) }))).failures).toEqual(
      [],
    );
  });
});
