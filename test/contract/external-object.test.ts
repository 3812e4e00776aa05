import { externalObjectProvider } from "../../providers/external-object/provider";
import { packed } from "../../providers/framework/packed";
import { type FakeSwarmObjects, startFakeSwarmObjects } from "./fake/fake-swarm-objects";
import { type FakeVolumeHost, startFakeVolumeHost } from "./fake/fake-volumes";
import { type Properties, type ProviderServer, startProviderServer } from "./provider-server";
import { serializeProvider } from "./serialized-provider";

// The start of the server takes seconds on a busy computer.
jest.setTimeout(60_000);

let text: string;
let server: ProviderServer;

beforeAll(async () => {
  text = (await serializeProvider(packed("external-object", externalObjectProvider))).text;
  server = await startProviderServer();
});
afterAll(() => server.stop());

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "it succeeded", String);

describe("ExternalObject in the Swarm", () => {
  let swarm: FakeSwarmObjects;

  beforeEach(async () => {
    swarm = await startFakeSwarmObjects(["hive0.example", "hive1.example"]);
    swarm.secrets.push({
      ID: "secret1",
      Spec: { Name: "team_token", Labels: {} },
    } as unknown as FakeSwarmObjects["secrets"][number]);
  });
  afterEach(() => swarm.stop());

  const inputs = (changes: Properties = {}): Properties => ({
    kind: "secret",
    name: "team_token",
    hosts: swarm.hosts.map(({ access }) => access),
    revision: "1",
    ...changes,
  });

  test("is found by its whole name, and neither made nor removed", async () => {
    const { id, outs } = await server.create(text, inputs());
    expect([id, outs]).toMatchObject([
      "secret1",
      { objectId: "secret1", objectName: "team_token" },
    ]);
    expect((await server.diff(text, id, outs, inputs())).changes).toBe(false);
    expect((await server.read(text, id, outs)).inputs).toEqual(inputs());
    await server.delete(text, id, outs);
    expect(swarm.secrets).toHaveLength(1);
  });

  test.each([
    ["secret", "docker secret create team"],
    ["config", "docker config create team <file>"],
    ["network", "docker network create --driver overlay --attachable team"],
  ])("a missing %s is told with its name, the managers and the command", async (kind, command) => {
    const told = await failureOf(server.create(text, inputs({ kind, name: "team" })));
    expect(told).toContain(`the ${kind} 'team' of the Swarm`);
    expect(told).toContain("hive0.example, hive1.example");
    expect(told).toContain(command);
  });

  test("one that was made anew has another id; one that went is gone", async () => {
    const { id, outs } = await server.create(text, inputs());
    const [secret] = swarm.secrets;
    if (secret !== undefined) Object.assign(secret, { ID: "secret2" });
    expect(await server.read(text, id, outs)).toMatchObject({
      id: "secret2",
      props: { objectId: "secret2" },
    });
    swarm.secrets.length = 0;
    expect((await server.read(text, id, outs)).id).toBe("");
  });

  test("another name is another one", async () => {
    const { id, outs } = await server.create(text, inputs());
    const difference = await server.diff(text, id, outs, inputs({ name: "other" }));
    expect(difference.replaces).toEqual(["name"]);
  });
});

describe("ExternalObject on servers", () => {
  let hosts: FakeVolumeHost[];

  beforeEach(async () => {
    hosts = await Promise.all(
      [0, 1].map((index) => startFakeVolumeHost(`hive${index}.example`, ["hive-shared"])),
    );
    for (const host of hosts)
      host.volumes.push({ Name: "media", Driver: "local", Options: {}, Labels: {} });
  });
  afterEach(() => Promise.all(hosts.map((host) => host.stop())));

  const inputs = (): Properties => ({
    kind: "volume",
    name: "media",
    hosts: hosts.map((host) => host.access),
    revision: "1",
  });

  test("a volume is found with its driver, and left alone", async () => {
    const { id, outs } = await server.create(text, inputs());
    expect([id, outs]).toMatchObject(["media", { driver: "local" }]);
    await server.delete(text, id, outs);
    expect(hosts.flatMap((host) => host.writes())).toEqual([]);
  });

  test("one that a server lacks is told with the server and the command", async () => {
    hosts[1]?.volumes.splice(0);
    const told = await failureOf(server.create(text, inputs()));
    expect(told).toContain("the Docker Engine of hive1.example does not have it");
    expect(told).toContain("docker volume create media");
  });
});
