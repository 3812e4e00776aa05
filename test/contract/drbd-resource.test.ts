import { drbdResourceProvider } from "../../providers/drbd-resource/provider";
import { packed } from "../../providers/framework/packed";
import { metadataBytes } from "../drbd/cluster-model";
import { type FakeDrbd, startFakeDrbd } from "./fake/fake-drbd";
import { type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const server = providerUnderTest(packed("drbd-resource", drbdResourceProvider));
const gibi = 1024 ** 3;
const secret = "planted-secret-of-a-volume";
let drbd: FakeDrbd;

beforeEach(async () => {
  drbd = await startFakeDrbd(["hive0", "hive1", "hive2"], gibi + metadataBytes);
});
afterEach(() => drbd.stop());

const inputs = (changes: Properties = {}): Properties => ({
  name: "data",
  sizeBytes: gibi,
  metadataBytes,
  filesystem: "ext4",
  hosts: drbd.hosts.map((host) => host.access),
  commands: ["volume-0", "volume-1", "volume-2"],
  file: `resource "data" { net { shared-secret "${secret}"; } }\n`,
  secret,
  incarnations: ["server-0", "server-1", "server-2"],
  revision: "1",
  ...changes,
});

describe("DrbdResource on the real provider server", () => {
  test("a volume is made on all its servers, and a second run changes nothing", async () => {
    const { id, outs } = await server.create(inputs());
    expect([id, outs["missing"]]).toEqual(["data", []]);
    expect(drbd.changes).toEqual([
      ...["hive0 write-file", "hive1 write-file", "hive2 write-file"],
      ...["hive0 create-metadata", "hive1 create-metadata", "hive2 create-metadata"],
      ...["hive0 up", "hive1 up", "hive2 up"],
      ...["hive0 skip-first-sync", "hive0 make-filesystem"],
    ]);
    expect(new Set(drbd.files.values())).toEqual(new Set([inputs()["file"]]));
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    await server.create(inputs());
    expect(drbd.changes).toHaveLength(11);
  });

  test("an interrupted run goes on where it was", async () => {
    drbd.cluster.run({ kind: "create-metadata", host: "hive1" });
    await server.create(inputs());
    expect(drbd.changes.filter((change) => change.includes("create-metadata"))).toEqual([
      "hive0 create-metadata",
      "hive2 create-metadata",
    ]);
  });

  test("a server that is away is missing, and gets the volume at the next run", async () => {
    await drbd.hosts[1]?.die();
    drbd.cluster.lose(1);
    const { id, outs } = await server.create(inputs());
    expect(outs["missing"]).toEqual(["hive1"]);
    expect((await server.diff(id, outs, inputs())).changes).toBe(true);
    await drbd.hosts[1]?.revive();
    drbd.cluster.bringBack(1);
    drbd.changes.length = 0;
    const updated = await server.update(id, outs, inputs());
    expect(updated["missing"]).toEqual([]);
    expect(drbd.changes).toEqual(["hive1 write-file", "hive1 create-metadata", "hive1 up"]);
  });

  test("a server that was replaced gets the data from the others", async () => {
    const { id, outs } = await server.create(inputs());
    drbd.cluster.replace(2);
    drbd.files.delete("hive2");
    const replaced = inputs({ incarnations: ["server-0", "server-1", "server-9"] });
    expect(await server.diff(id, outs, replaced)).toMatchObject({ changes: true, replaces: [] });
    await server.update(id, outs, replaced);
    expect(drbd.cluster.isWhole(drbd.cluster.host(2))).toBe(true);
    expect(drbd.cluster.made).toBe(1);
  });

  test("it grows in place, and never shrinks", async () => {
    const { id, outs } = await server.create(inputs());
    drbd.cluster.growDisks(2 * gibi + metadataBytes);
    drbd.changes.length = 0;
    const larger = inputs({ sizeBytes: 2 * gibi });
    expect(await server.diff(id, outs, larger)).toMatchObject({ changes: true, replaces: [] });
    await server.update(id, outs, larger);
    expect(drbd.changes).toEqual(["hive0 resize", "hive0 grow-filesystem"]);
    const { failures } = await server.check(inputs(), larger);
    expect(JSON.stringify(failures)).toContain("volumes do not shrink: it has 2147483648 bytes");
  });

  test("a changed file is written and adjusted everywhere, the volume stays up", async () => {
    const { id, outs } = await server.create(inputs());
    drbd.changes.length = 0;
    const other = inputs({ file: `resource "data" { shared-secret "${secret}"; timeout 20; }\n` });
    await server.update(id, outs, other);
    expect([...drbd.changes].sort()).toEqual([
      ...["hive0 adjust", "hive0 write-file", "hive1 adjust", "hive1 write-file"],
      ...["hive2 adjust", "hive2 write-file"],
    ]);
  });

  test("a disk that holds something is refused before anything changes", async () => {
    const host = drbd.cluster.host(2);
    host.content = "other";
    await expect(server.create(inputs())).rejects.toThrow(
      /The disk of the volume data on hive2 holds a filesystem \(xfs\)\. If nobody needs it, empty it there/,
    );
    expect(drbd.changes).toEqual([]);
  });

  test("a refresh finds a server that lost its part", async () => {
    const { id, outs } = await server.create(inputs());
    drbd.cluster.host(1).isUp = false;
    const { inputs: seen } = await server.read(id, outs);
    expect(seen?.["incarnations"]).toEqual(["server-0", "server-1 (needs up)", "server-2"]);
    const refreshed = { ...outs, ...seen };
    expect((await server.diff(id, refreshed, inputs())).changes).toBe(true);
  });

  test("a command that fails ends the run in its own words, without the secret", async () => {
    const host = drbd.cluster.host(0);
    Object.defineProperty(host, "content", {
      get: () => "blank",
      set: () => {
        throw new Error(`create-md failed with ${secret}`);
      },
    });
    await expect(server.create(inputs())).rejects.toThrow(
      /'create-metadata' failed on hive0 .* with exit code 1:\n {2}Error: create-md failed with \[secret\]/,
    );
  });

  test("it is removed from all servers, and a dead one does not stop that", async () => {
    const { id, outs } = await server.create(inputs());
    await drbd.hosts[2]?.die();
    drbd.changes.length = 0;
    await server.delete(id, outs);
    expect(drbd.changes).toEqual(["hive0 remove", "hive1 remove"]);
    expect(server.log()).toContain("was not removed from hive2: no answer");
  });

  test("unknown servers are a difference, another revision alone does nothing", async () => {
    const { id, outs } = await server.create(inputs());
    drbd.changes.length = 0;
    const unknown = inputs({ incarnations: unknownValue });
    expect((await server.diff(id, outs, unknown)).changes).toBe(true);
    const newer = inputs({ revision: "2" });
    expect((await server.diff(id, outs, newer)).changes).toBe(true);
    await server.update(id, outs, newer);
    expect(drbd.changes).toEqual([]);
  });

  test("the secret is in nothing that the server printed, nor in the stored text", () => {
    expect(server.log()).not.toContain(secret);
    expect(server.text()).not.toContain(secret);
  });
});
