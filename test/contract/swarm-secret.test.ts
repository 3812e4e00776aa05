import { packed } from "../../providers/framework/packed";
import { swarmSecretProvider } from "../../providers/swarm-secret/provider";
import { type FakeSwarmObjects, startFakeSwarmObjects } from "./fake/fake-swarm-objects";
import { type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const value = "planted-value-1";
const salt = "planted-salt";
const server = providerUnderTest(packed("swarm-secret", swarmSecretProvider));
let swarm: FakeSwarmObjects;

beforeEach(async () => {
  swarm = await startFakeSwarmObjects(["hive0.example", "hive1.example"]);
});
afterEach(() => swarm.stop());

const inputs = (changes: Properties = {}): Properties => ({
  managers: swarm.hosts.map(({ access }) => access),
  site: "hive.example",
  name: "database-password",
  value,
  salt,
  revision: "1",
  ...changes,
});
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "it succeeded", String);

describe("SwarmSecret", () => {
  test("makes the secret under a name that follows from its value, and labels it as the site's", async () => {
    const { id, outs } = await server.create(inputs());
    expect(outs["secretId"]).toBe(id);
    expect(outs["secretName"]).toMatch(/^database-password-[0-9a-f]{8}$/);
    expect(swarm.secrets).toMatchObject([
      {
        ID: id,
        Spec: {
          Name: outs["secretName"],
          Labels: { "hive.site": "hive.example", "hive.name": "database-password" },
          Data: Buffer.from(value).toString("base64"),
        },
      },
    ]);
  });

  test("takes over the same secret the second time", async () => {
    const first = await server.create(inputs());
    const again = await server.create(inputs());
    expect([again.id, again.outs["secretName"]]).toEqual([first.id, first.outs["secretName"]]);
    expect(swarm.secrets).toHaveLength(1);
    expect(swarm.secrets[0]?.Spec.Data).toBe(Buffer.from(value).toString("base64"));
  });

  test("another value, salt or name is another secret, made before the old one goes", async () => {
    const { id, outs } = await server.create(inputs());
    for (const change of [{ value: "planted-2" }, { salt: "planted-3" }, { name: "other" }]) {
      expect(await server.diff(id, outs, inputs(change))).toEqual({
        changes: true,
        replaces: Object.keys(change),
        deleteBeforeReplace: false,
      });
    }
    swarm.use(id, "database");
    const next = await server.create(inputs({ value: "planted-2" }));
    expect(swarm.secrets.map(({ ID }) => ID)).toEqual([id, next.id]);
    swarm.use(id, undefined);
    await server.delete(id, outs);
    expect(swarm.secrets.map(({ ID }) => ID)).toEqual([next.id]);
  });

  test("a value that is changed back keeps its secret, though the resource of before is deleted", async () => {
    const before = await server.create(inputs());
    swarm.use(before.id, "database");
    await server.create(inputs({ value: "planted-2" }));
    const back = await server.create(inputs());
    expect(back.id).toBe(before.id);
    swarm.use(before.id, undefined);
    await server.delete(before.id, before.outs);
    expect(swarm.secrets.map(({ ID }) => ID)).toEqual([back.id]);
    await server.delete(back.id, back.outs);
    expect(swarm.secrets).toEqual([]);
  });

  test("one that a service still uses is left with a warning, and goes when the next one is made", async () => {
    const { id, outs } = await server.create(inputs());
    swarm.use(id, "database");
    await server.delete(id, outs);
    expect(server.log()).toMatch(
      /the secret 'database-password-[0-9a-f]{8}' could not be removed and is left alone[^]*in use by the following service: database/,
    );
    expect(swarm.secrets).toHaveLength(1);
    swarm.use(id, undefined);
    const next = await server.create(inputs({ value: "planted-2" }));
    expect(swarm.secrets.map(({ ID }) => ID)).toEqual([next.id]);
  });

  test("refuses a foreign secret of that name", async () => {
    const { id } = await server.create(inputs());
    delete swarm.secrets[0]!.Spec.Labels["hive.site"];
    expect(await failureOf(server.create(inputs()))).toMatch(
      /a secret named 'database-password-[0-9a-f]{8}' already, and it does not carry the label hive\.site[^]*docker secret rm/,
    );
    expect(swarm.secrets.map(({ ID }) => ID)).toEqual([id]);
  });

  test("nothing to do means no connection; other managers or a revision change the state only", async () => {
    const { id, outs } = await server.create(inputs());
    const [before, writes] = [swarm.connections(), swarm.writes()];
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    const news = inputs({ revision: "2", managers: [swarm.hosts[1]?.access] });
    expect(await server.diff(id, outs, news)).toMatchObject({ changes: true, replaces: [] });
    expect(await server.update(id, outs, news)).toEqual({ ...outs, ...news });
    expect([swarm.connections(), swarm.writes()]).toEqual([before, writes]);
  });

  test("a refresh shows that it is gone, and nothing when it is there or nobody answers", async () => {
    const { id, outs } = await server.create(inputs());
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    await swarm.hosts[0]?.die();
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    await swarm.hosts[1]?.die();
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    await swarm.hosts[1]?.revive();
    swarm.secrets.length = 0;
    expect((await server.read(id, outs)).id).toBe("");
    await server.delete(id, outs);
  });

  test("unknown values of a preview are accepted; what no Swarm takes is refused without showing it", async () => {
    const preview = inputs({ managers: unknownValue, value: unknownValue, salt: unknownValue });
    expect((await server.check(preview)).failures).toEqual([]);
    const { id, outs } = await server.create(inputs());
    expect((await server.diff(id, outs, preview)).changes).toBe(true);
    const large = inputs({ value: "planted".repeat(75_000), name: "-" });
    const { failures } = await server.check(large);
    expect(failures.map(({ reason }) => reason.split(":")[0])).toEqual(["name", "value"]);
    expect(failures[1]?.reason).toContain("525000 bytes; the limit of a Swarm is below 512000");
    expect((await server.check(inputs({ value: "" }))).failures[0]?.reason).toContain("is empty");
    expect(JSON.stringify(failures) + server.log()).not.toContain("planted");
  });
});
