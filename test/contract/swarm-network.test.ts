import { packed } from "../../providers/framework/packed";
import { swarmNetworkProvider } from "../../providers/swarm-network/provider";
import { type FakeSwarmObjects, startFakeSwarmObjects } from "./fake/fake-swarm-objects";
import { type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const server = providerUnderTest(packed("swarm-network", swarmNetworkProvider));
let swarm: FakeSwarmObjects;

beforeEach(async () => {
  swarm = await startFakeSwarmObjects(["hive0.example", "hive1.example"]);
});
afterEach(() => swarm.stop());

const inputs = (changes: Properties = {}): Properties => ({
  managers: swarm.hosts.map(({ access }) => access),
  site: "hive.example",
  name: "backend",
  driver: "overlay",
  driverOptions: { encrypted: "" },
  attachable: true,
  internal: false,
  revision: "1",
  ...changes,
});
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "it succeeded", String);
const own = (): FakeSwarmObjects["networks"] => swarm.networks.filter((n) => n.Scope === "swarm");

describe("SwarmNetwork", () => {
  test("makes the network as asked for, and adopts it the second time without a write", async () => {
    const first = await server.create(inputs({ subnet: "10.99.0.0/24", gateway: "10.99.0.254" }));
    expect(own()).toMatchObject([
      {
        Id: first.id,
        Name: "backend",
        Driver: "overlay",
        Labels: { "hive.site": "hive.example" },
        IPAM: { Config: [{ Subnet: "10.99.0.0/24", Gateway: "10.99.0.254" }] },
        Attachable: true,
      },
    ]);
    expect(first.outs).toMatchObject({ networkId: first.id, networkName: "backend" });
    const again = inputs({ subnet: "10.99.0.0/24", gateway: "10.99.0.254" });
    expect(await server.create(again)).toEqual(first);
    expect(swarm.writes()).toEqual(["POST /networks/create"]);
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

  test("every setting is fixed: a change replaces, and the new network comes before the old one goes", async () => {
    const { id, outs } = await server.create(inputs());
    for (const change of [
      { name: "other" },
      { driver: "macvlan" },
      { driverOptions: {} },
      { subnet: "10.99.0.0/24" },
      { attachable: false },
      { internal: true },
    ]) {
      expect(await server.diff(id, outs, inputs(change))).toEqual({
        changes: true,
        replaces: Object.keys(change),
        deleteBeforeReplace: false,
      });
    }
  });

  test("a changed network lives beside the old one while services use that, and takes over when they have moved", async () => {
    const old = await server.create(inputs());
    swarm.use(old.id, "web");
    const changed = await server.create(inputs({ internal: true }));
    expect(changed.outs["networkName"]).toMatch(/^backend-[0-9a-f]{8}$/);
    expect(changed.outs["networkId"]).not.toBe(old.id);
    swarm.use(old.id, undefined);
    await server.delete(old.id, old.outs);
    expect(own().map(({ Id }) => Id)).toEqual([changed.id]);
    expect((await server.create(inputs({ internal: true }))).id).toBe(changed.id);
    expect((await server.diff(changed.id, changed.outs, inputs({ internal: true }))).changes).toBe(
      false,
    );
  });

  test("one that nothing uses makes room under its name", async () => {
    const old = await server.create(inputs());
    const changed = await server.create(inputs({ attachable: false }));
    expect(own()).toMatchObject([{ Id: changed.id, Name: "backend", Attachable: false }]);
    await server.delete(old.id, old.outs);
    expect(own()).toHaveLength(1);
  });

  test("says what to do when the new network needs the range that the old one still holds", async () => {
    const old = await server.create(inputs({ subnet: "10.99.0.0/24" }));
    swarm.use(old.id, "web");
    const message = await failureOf(
      server.create(inputs({ subnet: "10.99.0.0/25", internal: true })),
    );
    expect(message).toMatch(/10\.99\.0\.0\/25[^]*10\.99\.0\.0\/24[^]*Give the changed network/);
    expect(own()).toHaveLength(1);
  });

  test.each([
    [
      "of this site, which a rename leaves behind",
      {},
      /a network of this site[^]*in two runs: in the first run, give 'backstage' another subnet/,
    ],
    [
      "of somebody else",
      { site: "other.example" },
      /'backend'\. Give another subnet, or none to let the Swarm choose/,
    ],
  ])("says what to do when the range is that of a network %s", async (_, owner, words) => {
    await server.create(inputs({ subnet: "10.99.0.0/24", ...owner }));
    const other = inputs({ name: "backstage", subnet: "10.99.0.0/24" });
    expect(await failureOf(server.create(other))).toMatch(words);
  });

  test("refuses a foreign network of that name and leaves it alone", async () => {
    await server.create(inputs({ site: "other.example" }));
    const writes = swarm.writes();
    expect(await failureOf(server.create(inputs()))).toMatch(
      /a network named 'backend' already, and it belongs to the site 'other\.example'[^]*docker network rm backend/,
    );
    own()[0]!.Labels = null;
    expect(await failureOf(server.create(inputs()))).toContain(
      "does not carry the label hive.site",
    );
    expect(swarm.writes()).toEqual(writes);
  });

  test("a refresh of an untouched network shows nothing, though the Swarm chose range and options", async () => {
    const { id, outs } = await server.create(inputs());
    const seen = await server.read(id, outs);
    expect(seen.inputs).toEqual(inputs());
    expect((await server.diff(id, seen.props, inputs())).changes).toBe(false);
  });

  test("a refresh shows other settings under the inputs' names, and that the network is gone", async () => {
    const wanted = inputs({ subnet: "10.99.0.0/24" });
    const { id, outs } = await server.create(wanted);
    Object.assign(own()[0]!, { Internal: true, IPAM: { Config: [{ Subnet: "10.98.0.0/24" }] } });
    const seen = await server.read(id, outs);
    expect(seen.inputs).toMatchObject({ internal: true, subnet: "10.98.0.0/24" });
    expect(await server.diff(id, seen.props, wanted)).toMatchObject({
      changes: true,
      replaces: ["subnet", "internal"],
    });
    swarm.networks.length = 0;
    expect((await server.read(id, outs)).id).toBe("");
  });

  test("what a host still has of a network that the Swarm has removed is none", async () => {
    const { id, outs } = await server.create(inputs());
    own()[0]!.Containers = {};
    expect((await server.read(id, outs)).id).toBe("");
    await server.delete(id, outs);
    const again = await server.create(inputs());
    expect(again.id).not.toBe(id);
    expect(again.outs["networkName"]).toBe("backend");
  });

  test.each<[string, Properties, Properties]>([
    ["a subnet", { subnet: "10.99.0.0/24" }, {}],
    ["a gateway", { subnet: "10.99.0.0/24", gateway: "10.99.0.9" }, { subnet: "10.99.0.0/24" }],
    ["an option", { driverOptions: { encrypted: "" } }, { driverOptions: {} }],
  ])("%s that is wanted no more makes another network, without it", async (_what, had, wants) => {
    const { id, outs } = await server.create(inputs(had));
    const wanted = inputs(wants);
    const { replaces = [] } = await server.diff(id, outs, wanted);
    expect(replaces).toHaveLength(1);
    const successor = await server.create(wanted);
    expect(successor.id).not.toBe(id);
    const [made] = own().filter(({ Id }) => Id === successor.id);
    const { Subnet, Gateway } = made?.IPAM.Config?.[0] ?? {};
    expect(Subnet).toMatch(wanted["subnet"] === undefined ? /^10\.224\./ : /^10\.99\./);
    expect(Gateway).toMatch(/\.1$/);
    // And it is read back as it was asked for.
    expect((await server.read(successor.id, successor.outs)).inputs).toEqual(wanted);
  });

  test("goes through any manager", async () => {
    await swarm.hosts[0]?.die();
    const { id, outs } = await server.create(inputs());
    expect((await server.read(id, outs)).id).toBe(id);
    await server.delete(id, outs);
    expect(own()).toEqual([]);
  });

  test("deleting waits for tasks that are leaving, may be repeated, and forgives a dead Swarm", async () => {
    const { id, outs } = await server.create(inputs());
    swarm.use(id, "web");
    setTimeout(() => swarm.use(id, undefined), 700);
    await server.delete(id, outs);
    expect(own()).toEqual([]);
    await server.delete(id, outs);
    await Promise.all(swarm.hosts.map((host) => host.die()));
    const before = server.log().length;
    await server.delete(id, outs);
    expect(server.log()).toContain("the network 'backend' could not be removed and is forgotten");
    // What is left of it goes with the servers: there is nothing to be done on them.
    expect(server.log().slice(before)).not.toContain("docker network rm");
  });

  test("accepts unknown values of a preview, and refuses what no Swarm takes", async () => {
    const preview = inputs({ managers: unknownValue, subnet: unknownValue });
    expect((await server.check(preview)).failures).toEqual([]);
    const { id, outs } = await server.create(inputs());
    expect((await server.diff(id, outs, preview)).changes).toBe(true);
    const { failures } = await server.check(
      inputs({ name: "-x", subnet: "10.0.0.1/24", gateway: "10.0.0.1" }),
    );
    expect(failures.map(({ reason }) => reason.split(":")[0])).toEqual(["name", "subnet"]);
    expect(failures[1]?.reason).toContain("write 10.0.0.0/24");
  });
});
