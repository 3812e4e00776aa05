import { packed } from "../../providers/framework/packed";
import { imagePullProvider } from "../../providers/image-pull/provider";
import { type FakeImageHost, type FakeRegistry, startFakeImageHost } from "./fake/fake-images";
import { type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const repository = "registry.example:5000/webgate";
const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;
const reference = `${repository}@${digestOf("a")}`;
const next = `${repository}@${digestOf("b")}`;
const server = providerUnderTest(packed("image-pull", imagePullProvider));
let registry: FakeRegistry;
let hosts: FakeImageHost[];

/** Puts an image into the registry. */
function publish(name: string): void {
  const image = { Id: name, Config: { Labels: {} }, RepoTags: [], RepoDigests: [] };
  registry.images.set(name, { digest: name.split("@")[1] ?? "", image });
}

beforeEach(async () => {
  registry = { images: new Map(), passwords: { pull: "planted-password" } };
  publish(reference);
  publish(next);
  hosts = await Promise.all(
    [0, 1, 2].map((index) => startFakeImageHost(`hive${index}.example`, registry)),
  );
});
afterEach(() => Promise.all(hosts.map((host) => host.stop())));

const inputs = (changes: Properties = {}): Properties => ({
  hosts: hosts.map((host) => host.access),
  incarnations: ["server-0", "server-1", "server-2"],
  reference,
  registryAuth: { username: "pull", password: "planted-password" },
  revision: "1",
  ...changes,
});
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "it succeeded", String);
const held = (): string[][] => hosts.map((host) => host.images.map((image) => image.Id));

describe("ImagePull", () => {
  test("brings the image onto every host, and adopts it the second time", async () => {
    const first = await server.create(inputs());
    const outs = { reference, resolved: reference, missing: [] };
    expect(first).toMatchObject({ id: repository, outs });
    expect(held()).toEqual([[reference], [reference], [reference]]);
    expect(await server.create(inputs())).toEqual(first);
    expect(hosts.map((host) => host.writes())).toEqual(hosts.map(() => ["POST /images/create"]));
  });

  test("nothing to do means no connection", async () => {
    const { id, outs } = await server.create(inputs());
    await Promise.all(hosts.map((host) => host.die()));
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    const bumped = inputs({ revision: "2" });
    expect((await server.diff(id, outs, bumped)).changes).toBe(true);
    expect(await server.update(id, outs, bumped)).toEqual({ ...outs, revision: "2" });
  });

  test("a dead minority is remembered and served when it is back", async () => {
    await hosts[2]!.die();
    const { id, outs } = await server.create(inputs());
    expect(outs["missing"]).toEqual(["hive2.example"]);
    expect((await server.diff(id, outs, inputs())).changes).toBe(true);
    await hosts[2]!.revive();
    const mended = await server.update(id, outs, inputs());
    expect(mended["missing"]).toEqual([]);
    expect(held()[2]).toEqual([reference]);
    expect((await server.diff(id, mended, inputs())).changes).toBe(false);
  });

  test("a dead majority is a failure that names every dead host", async () => {
    await hosts[0]!.die();
    await hosts[2]!.die();
    const message = await failureOf(server.create(inputs()));
    expect(message).toContain("2 of 3 do not answer");
    expect(message).toContain("hive0.example:");
    expect(message).toContain("hive2.example:");
  });

  test("a host that answers but cannot pull is a failure at once, without the password", async () => {
    const wrong = inputs({ registryAuth: { username: "pull", password: "planted-wrong" } });
    hosts[0]!.images.push({
      Id: reference,
      Config: { Labels: {} },
      RepoTags: [],
      RepoDigests: [reference],
    });
    const message = await failureOf(server.create(wrong));
    expect(message).toContain("could not be brought onto 2 of 3 hosts");
    expect(message).not.toContain("hive0.example:");
    expect(message + server.log()).not.toContain("planted");
  });

  test("a refresh shows which host lost the image; the reference stays usable", async () => {
    const { id, outs } = await server.create(inputs());
    hosts[1]!.images.length = 0;
    const seen = await server.read(id, outs);
    expect(seen.inputs).toEqual(
      inputs({ incarnations: ["server-0", "server-1 (does not have the image)", "server-2"] }),
    );
    expect((await server.diff(id, seen.props, inputs())).changes).toBe(true);
    expect(await server.update(id, seen.props, inputs())).toEqual(outs);
    expect(held()[1]).toEqual([reference]);
  });

  test("a host that is away is no drift", async () => {
    const { id, outs } = await server.create(inputs());
    await hosts[1]!.die();
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
  });

  test("the image before is kept for a rollback, the one before that is removed", async () => {
    const { id, outs } = await server.create(inputs());
    const second = await server.update(id, outs, inputs({ reference: next }));
    expect(held()[0]).toEqual([reference, next]);
    const third = `${repository}@${digestOf("c")}`;
    publish(third);
    await server.update(id, second, inputs({ reference: third }));
    expect(held()[0]).toEqual([next, third]);
  });

  test("an image that a service still runs stays, however many releases came since", async () => {
    const managed = (letter: string): Properties =>
      inputs({
        reference: `${repository}@${digestOf(letter)}`,
        managers: hosts.map((host) => host.access),
      });
    for (const letter of ["c", "d", "e"]) publish(`${repository}@${digestOf(letter)}`);
    hosts[0]!.serviceImages.push(reference);
    const { id, outs } = await server.create(managed("a"));
    let state = outs;
    for (const letter of ["b", "c", "d"]) state = await server.update(id, state, managed(letter));
    expect(held()[2]).toEqual(["a", "c", "d"].map((letter) => `${repository}@${digestOf(letter)}`));
    expect(state["earlier"]).toEqual([`${repository}@${digestOf("c")}`, reference]);
    // Since a service runs another one, it goes, from the host too that was away at first.
    hosts[0]!.serviceImages.splice(0, 1, `${repository}@${digestOf("d")}`);
    await hosts[2]!.die();
    state = await server.update(id, state, managed("e"));
    expect(held().map((images) => images.length)).toEqual([2, 2, 3]);
    await hosts[2]!.revive();
    await server.update(id, state, managed("e"));
    expect(held().map((images) => images.length)).toEqual([2, 2, 2]);
  });

  test("nothing is removed while no manager can say what is in use", async () => {
    const other = await startFakeImageHost("hive9.example", registry);
    await other.stop();
    publish(`${repository}@${digestOf("c")}`);
    const managed = (letter: string): Properties =>
      inputs({ reference: `${repository}@${digestOf(letter)}`, managers: [other.access] });
    const { id, outs } = await server.create(managed("a"));
    const second = await server.update(id, outs, managed("b"));
    const third = await server.update(id, second, managed("c"));
    await server.delete(id, third);
    expect(held()[0]).toHaveLength(3);
  });

  test("what another resource brought to the hosts for a service outlives this one", async () => {
    const managed = inputs({ managers: [hosts[0]!.access] });
    hosts[0]!.serviceImages.push(reference);
    const { id, outs } = await server.create(managed);
    await server.delete(id, outs);
    expect(held()).toEqual([[reference], [reference], [reference]]);
  });

  test("the state of an earlier version knows one image before", async () => {
    publish(`${repository}@${digestOf("c")}`);
    const { id, outs } = await server.create(inputs());
    const second = await server.update(id, outs, inputs({ reference: next }));
    const { earlier, ...old } = second;
    expect(earlier).toEqual([reference]);
    const before = { ...old, previousReference: reference };
    const bumped = await server.update(id, before, inputs({ reference: next, revision: "2" }));
    expect(bumped).toEqual({ ...second, revision: "2" });
    const third = inputs({ reference: `${repository}@${digestOf("c")}` });
    expect((await server.update(id, before, third))["earlier"]).toEqual([next]);
    expect(held()[0]).toEqual([next, `${repository}@${digestOf("c")}`]);
  });

  test("an image that the site's registry does not have says what to do", async () => {
    registry.images.clear();
    const own = inputs({ registry: { host: hosts[0]!.access, unit: "hive-registry.service" } });
    expect(await failureOf(server.create(own))).toContain(
      "end the pin with 'npx hive unpin'. Else 'npx hive up --refresh' pushes it again.",
    );
    expect(await failureOf(server.create(inputs()))).not.toContain("unpin");
  });

  test("a tag is deployed by the digest that it had at first, whatever it means later", async () => {
    const tag = `${repository}:1.2`;
    const image = { Id: "tagged", Config: { Labels: {} }, RepoTags: [tag], RepoDigests: [] };
    const point = (letter: string): void => {
      for (const name of [tag, `${repository}@${digestOf(letter)}`]) {
        registry.images.set(name, { digest: digestOf(letter), image: { ...image, Id: letter } });
      }
    };
    point("a");
    const { id, outs } = await server.create(inputs({ reference: tag }));
    expect(outs).toMatchObject({ reference: tag, resolved: reference });
    expect(held()).toEqual([["a"], ["a"], ["a"]]);
    point("b");
    expect((await server.diff(id, outs, inputs({ reference: tag }))).changes).toBe(false);
    expect((await server.read(id, outs)).inputs).toEqual(inputs({ reference: tag }));
    // A host that lost the image gets the old one back, not the new one.
    hosts[1]!.images.length = 0;
    const seen = await server.read(id, outs);
    const mended = await server.update(id, seen.props, inputs({ reference: tag }));
    expect(mended).toEqual(outs);
    expect(held()[1]).toEqual(["a"]);
  });

  test("a tag that no host can be asked about, and one that does not exist, fail with the reason", async () => {
    const unknown = inputs({ reference: `${repository}:none` });
    const missing = await failureOf(server.create(unknown));
    expect(missing).toContain(`hive0.example cannot resolve ${repository}:none: `);
    expect(missing).toContain(
      `No such image or tag, or it is private: check the reference ${repository}:none in site/.`,
    );
    await Promise.all(hosts.map((host) => host.die()));
    const message = await failureOf(server.create(unknown));
    expect(message).toContain(`No host can resolve ${repository}:none`);
    expect(message).toContain("hive2.example: ");
  });

  describe("an image that is in no registry", () => {
    const id = digestOf("e");
    const local = (): Properties => inputs({ reference: id });
    const image = { Id: id, Config: { Labels: {} }, RepoTags: [`${repository}:abc`] };

    test("is copied from the host that has it, with its name", async () => {
      hosts[1]!.images.push({ ...image, RepoDigests: [] });
      const { outs } = await server.create(local());
      expect(outs).toMatchObject({ resolved: id, missing: [] });
      expect(held()).toEqual([[id], [id], [id]]);
      expect(hosts[2]!.images[0]?.RepoTags).toEqual([`${repository}:abc`]);
      expect(hosts[0]!.writes()).toEqual(["POST /images/load"]);
    });

    test("that no host has is a failure that says what to do", async () => {
      const message = await failureOf(server.create(local()));
      expect(message).toContain("no other host that answers has it: bring the repository server");
    });

    test("is no release of its own when it gets its digest: the one before it stays for a rollback", async () => {
      hosts.forEach((host) => host.images.push({ ...image, RepoDigests: [] }));
      const first = await server.create(inputs());
      const second = await server.update(first.id, first.outs, local());
      expect(second["earlier"]).toEqual([reference]);
      const pushed = `${repository}@${digestOf("f")}`;
      registry.images.set(pushed, {
        digest: digestOf("f"),
        image: { ...image, RepoDigests: [] },
      });
      hosts.forEach((host) => host.images.splice(0, 1));
      const third = await server.update(first.id, second, inputs({ reference: pushed }));
      expect(third).toMatchObject({ resolved: pushed, earlier: [reference] });
    });
  });

  test("deleting removes both images, twice, also with dead hosts", async () => {
    const { id, outs } = await server.create(inputs());
    const second = await server.update(id, outs, inputs({ reference: next }));
    await server.delete(id, second);
    expect(held()).toEqual([[], [], []]);
    await Promise.all(hosts.map((host) => host.die()));
    await server.delete(id, second);
  });

  test("unknown values of a preview are accepted, and a reference without digest and tag is refused", async () => {
    const preview = inputs({ reference: unknownValue, hosts: unknownValue });
    expect((await server.check(preview)).failures).toEqual([]);
    const { id, outs } = await server.create(inputs());
    expect((await server.diff(id, outs, preview)).changes).toBe(true);
    const { failures } = await server.check(inputs({ reference: repository }));
    expect(failures[0]?.reason).toContain("has neither digest nor tag");
  });
});
