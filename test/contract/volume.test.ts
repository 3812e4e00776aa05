import { packed } from "../../providers/framework/packed";
import { volumeProvider } from "../../providers/volume/provider";
import { type FakeHolder, type FakeVolumeHost, startFakeVolumeHost } from "./fake/fake-volumes";
import { type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const device = "server.example:/export";
const server = providerUnderTest(packed("volume", volumeProvider));
let hosts: FakeVolumeHost[];

beforeEach(async () => {
  hosts = await Promise.all(
    [0, 1, 2].map((index) => startFakeVolumeHost(`hive${index}.example`, ["hive-shared"])),
  );
});
afterEach(() => Promise.all(hosts.map((host) => host.stop())));

const inputs = (changes: Properties = {}): Properties => ({
  hosts: hosts.map((host) => host.access),
  incarnations: ["server-0", "server-1", "server-2"],
  site: "hive.example",
  name: "data",
  driver: "local",
  driverOptions: { type: "nfs", device, o: "password=planted-option" },
  revision: "1",
  ...changes,
});
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "it succeeded", String);
const held = (): string[][] => hosts.map((host) => host.volumes.map(({ Name }) => Name));

describe("VolumeOnHosts", () => {
  test.each([
    ["elects a leader", 500, "rpc error: code = DeadlineExceeded desc = context deadline exceeded"],
    ["has none", 503, "rpc error: code = Unknown desc = The swarm does not have a leader."],
  ])("makes the volume on a manager whose Swarm %s", async (_, status, message) => {
    for (const host of hosts) host.stranger = { status, body: { message } };
    expect(await server.create(inputs())).toMatchObject({ outs: { missing: [] } });
    expect(held()).toEqual([["data"], ["data"], ["data"]]);
  });

  test("makes the volume on every host, and adopts it the second time without a write", async () => {
    const first = await server.create(inputs());
    expect(first).toMatchObject({ id: "data", outs: { missing: [] } });
    for (const host of hosts) {
      expect(host.volumes).toEqual([
        {
          Name: "data",
          Driver: "local",
          Options: { type: "nfs", device, o: "password=planted-option" },
          Labels: { "hive.site": "hive.example" },
        },
      ]);
    }
    expect(await server.create(inputs())).toEqual(first);
    expect(hosts.map((host) => host.writes())).toEqual(hosts.map(() => ["POST /volumes/create"]));
  });

  test("nothing to do means no connection, and neither does another revision", async () => {
    const { id, outs } = await server.create(inputs());
    await Promise.all(hosts.map((host) => host.die()));
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    const bumped = inputs({ revision: "2" });
    expect((await server.diff(id, outs, bumped)).changes).toBe(true);
    expect(await server.update(id, outs, bumped)).toEqual({ ...outs, revision: "2" });
  });

  test("never deletes data to change a volume: says on which host, what differs, what to do", async () => {
    const { id, outs } = await server.create(inputs());
    const news = inputs({ driverOptions: { type: "nfs4", device, o: "password=planted-other" } });
    expect(await server.diff(id, outs, news)).toMatchObject({ changes: true, replaces: [] });
    const message = await failureOf(server.update(id, outs, news));
    expect(message).toMatch(
      /'data'[^]*3 of 3 hosts[^]*hive1\.example: has a volume 'data' already[^]*type is 'nfs', not 'nfs4'[^]*docker volume rm data/,
    );
    expect(message).toContain("option o has another value");
    hosts[1]!.containers.push(
      {
        Id: "web.1",
        volume: "data",
        State: "running",
        Labels: { "com.docker.swarm.service.name": "web" },
      },
      { Id: "by-hand", volume: "data", State: "exited", Labels: {} },
    );
    expect(await failureOf(server.update(id, outs, news))).toContain(
      "run on that host: docker service rm web; docker rm --force by-hand; until docker volume rm data; do sleep 1; done; then: npx hive up --refresh",
    );
    expect(message + server.log()).not.toContain("planted");
    expect(held()).toEqual([["data"], ["data"], ["data"]]);
  });

  test("a volume of another driver on one host fails for that host only", async () => {
    hosts[1]!.volumes.push({ Name: "data", Driver: "hive-shared", Options: null, Labels: null });
    const message = await failureOf(server.create(inputs()));
    expect(message).toContain("1 of 3 hosts");
    expect(message).toContain("hive1.example: has a volume 'data' already, and its driver is");
    expect(message).not.toContain("hive0.example:");
  });

  test("no options and none known to the engine are the same", async () => {
    hosts[0]!.volumes.push({ Name: "data", Driver: "hive-shared", Options: null, Labels: null });
    const wanted = inputs({ driver: "hive-shared", driverOptions: {} });
    const { id, outs } = await server.create(wanted);
    expect((await server.read(id, outs)).inputs).toEqual(wanted);
  });

  test("a driver that is not installed is a failure in the engine's words", async () => {
    const message = await failureOf(server.create(inputs({ driver: "rexray" })));
    expect(message).toContain('plugin "rexray" not found');
  });

  test("a dead minority is remembered and served when it is back; a dead majority fails", async () => {
    await hosts[2]!.die();
    const { id, outs } = await server.create(inputs());
    expect(outs["missing"]).toEqual(["hive2.example"]);
    expect((await server.diff(id, outs, inputs())).changes).toBe(true);
    await hosts[2]!.revive();
    const mended = await server.update(id, outs, inputs());
    expect(mended["missing"]).toEqual([]);
    expect(held()[2]).toEqual(["data"]);
    expect((await server.diff(id, mended, inputs())).changes).toBe(false);
    await hosts[1]!.die();
    await hosts[2]!.die();
    expect(await failureOf(server.create(inputs()))).toContain("2 of 3 do not answer");
  });

  test("a new server gets the volume", async () => {
    const { id, outs } = await server.create(inputs());
    hosts[1]!.volumes.length = 0;
    const news = inputs({ incarnations: ["server-0", "server-new", "server-2"] });
    expect((await server.diff(id, outs, news)).changes).toBe(true);
    await server.update(id, outs, news);
    expect(held()[1]).toEqual(["data"]);
  });

  test("a refresh shows on which host it is missing or another one; a host that is away is no drift", async () => {
    const { id, outs } = await server.create(inputs());
    hosts[0]!.volumes.length = 0;
    hosts[1]!.volumes[0] = { Name: "data", Driver: "hive-shared", Options: {}, Labels: {} };
    await hosts[2]!.die();
    const seen = await server.read(id, outs);
    expect(seen.inputs?.["incarnations"]).toEqual([
      "server-0 (does not have the volume)",
      expect.stringMatching(/^server-1 \(its driver is 'hive-shared', not 'local'/),
      "server-2",
    ]);
    expect((await server.diff(id, seen.props, inputs())).changes).toBe(true);
    hosts[1]!.volumes.length = 0;
    await server.update(id, seen.props, inputs());
    expect(held().slice(0, 2)).toEqual([["data"], ["data"]]);
  });

  test.each([
    ["another site's", { "hive.site": "other.example" }, /belongs to the site 'other.example'/],
    ["nobody's", null, /does not carry the label hive.site/],
  ])(
    "%s volume is refused, shown by a refresh, and survives the deletion",
    async (_whose, Labels, reason) => {
      const { id, outs } = await server.create(inputs());
      const theirs = { ...hosts[1]!.volumes[0]!, Labels };
      hosts[1]!.volumes[0] = theirs;
      const message = await failureOf(server.create(inputs()));
      expect(message).toMatch(/1 of 3 hosts[^]*hive1\.example: [^]*docker volume rm data/);
      expect(message).toMatch(reason);
      const seen = await server.read(id, outs);
      expect((seen.inputs?.["incarnations"] as string[])[1]).toMatch(reason);
      await server.delete(id, outs);
      expect(hosts.map(({ volumes }) => volumes)).toEqual([[], [theirs], []]);
      expect(server.log()).toMatch(reason);
      expect(server.log()).toContain(
        "the volume 'data' was removed, with its data, from: hive0.example, hive2.example",
      );
    },
  );

  test("a plugin's volume of another site is refused; one that the engine did not make is used and kept", async () => {
    const wanted = inputs({ driver: "hive-shared", driverOptions: {} });
    const plugged = { Name: "data", Driver: "hive-shared", Options: null };
    hosts[0]!.volumes.push({ ...plugged, Labels: { "hive.site": "other.example" } });
    expect(await failureOf(server.create(wanted))).toContain("hive0.example: has a volume");
    hosts[0]!.volumes[0] = { ...plugged, Labels: null };
    const { id, outs } = await server.create(wanted);
    await server.delete(id, outs);
    expect(held()).toEqual([["data"], [], []]);
  });

  test("another name is another volume", async () => {
    const { id, outs } = await server.create(inputs());
    expect(await server.diff(id, outs, inputs({ name: "other" }))).toEqual({
      changes: true,
      replaces: ["name"],
      deleteBeforeReplace: false,
    });
  });

  test("deleting waits for a container, may be repeated, and tells what it leaves on dead hosts", async () => {
    const { id, outs } = await server.create(inputs());
    hosts[0]!.used.add("data");
    setTimeout(() => hosts[0]!.used.clear(), 700);
    await hosts[2]!.die();
    const before = server.log().length;
    await server.delete(id, outs);
    expect(held()).toEqual([[], [], ["data"]]);
    expect(server.log()).toContain(
      "the volume 'data' was not removed from hive2.example: no answer",
    );
    // The server may be gone, and the volume with it: there is nothing to be done on it.
    expect(server.log().slice(before)).not.toContain("docker volume rm");
    await server.delete(id, outs);
  });

  describe("deleting, while containers have the volume", () => {
    const container = (Id: string, State: string, service?: string): FakeHolder => ({
      Id,
      volume: "data",
      State,
      Labels:
        service === undefined
          ? {}
          : { "com.docker.swarm.service.id": service, "com.docker.swarm.service.name": service },
    });

    test("removes ended tasks of services that are gone, or mount it no more, and then the volume", async () => {
      const { id, outs } = await server.create(inputs());
      hosts[0]!.containers.push(container("a", "exited", "gone"), container("b", "dead", "gone"));
      hosts[1]!.services.set("changed", ["data2"]);
      hosts[1]!.containers.push(container("c", "exited", "changed"));
      hosts[2]!.containers.push(container("d", "created", "gone"));
      const before = server.log().length;
      await server.delete(id, outs);
      expect(held()).toEqual([[], [], []]);
      expect(hosts.flatMap(({ containers }) => containers)).toEqual([]);
      expect(server.log().slice(before)).not.toContain("docker volume rm");
    });

    test("leaves what runs, what no service made, and what a service still mounts, and names it", async () => {
      const { id, outs } = await server.create(inputs());
      hosts[0]!.containers.push(container("runs", "running", "gone"));
      hosts[1]!.containers.push(container("hand-made", "exited"));
      hosts[2]!.services.set("theirs", ["data"]);
      hosts[2]!.containers.push(container("needed", "exited", "theirs"));
      await server.delete(id, outs);
      expect(held()).toEqual([["data"], ["data"], ["data"]]);
      expect(server.log()).toMatch(
        /stays, with its data, on:[^]*hive0\.example: it is in use by runs \(running, a task of the service gone\)[^]*hive1\.example: it is in use by hand-made \(exited\)[^]*hive2\.example: [^]*a task of the service theirs[^]*docker volume rm data/,
      );
    });
  });

  test("unknown values of a preview are accepted, and a name that no engine takes is refused", async () => {
    const preview = inputs({ hosts: unknownValue, incarnations: unknownValue });
    expect((await server.check(preview)).failures).toEqual([]);
    const { id, outs } = await server.create(inputs());
    expect((await server.diff(id, outs, preview)).changes).toBe(true);
    const { failures } = await server.check(inputs({ name: "a/b" }));
    expect(failures[0]?.reason).toContain("'a/b' is not a valid volume name");
  });
});
