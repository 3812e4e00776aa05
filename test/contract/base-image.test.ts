import { baseImageProvider } from "../../providers/base-image/provider";
import { type FakeImageHost, type FakeRegistry, startFakeImageHost } from "./fake/fake-images";
import { type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const reference = "debian:trixie-slim";
const digest = `sha256:${"b".repeat(64)}`;
// A computer without an engine of its own.
const server = providerUnderTest(baseImageProvider, {
  limit: 56 * 1024,
  environment: () => ({ DOCKER_HOST: "unix:///nonexistent/docker.sock" }),
});
let registry: FakeRegistry;
let host: FakeImageHost;

beforeEach(async () => {
  const image = {
    Id: "sha256:base",
    Config: { Labels: {} },
    RepoTags: [reference],
    RepoDigests: [],
  };
  registry = {
    images: new Map([reference, `debian@${digest}`].map((name) => [name, { digest, image }])),
    passwords: {},
  };
  host = await startFakeImageHost("hive3.example", registry);
});
afterEach(() => host.stop());

const inputsOf = (updated: string) => (): Properties => inputs({ updated });
const inputs = (changes: Properties = {}): Properties => ({
  host: host.access,
  incarnation: "server-1",
  reference,
  seedFromLocalEngine: false,
  revision: "1",
  ...changes,
});

describe("BaseImage", () => {
  test("pulls the image, and adopts it the second time", async () => {
    const first = await server.create(inputs());
    expect(first).toEqual({ id: reference, outs: { ...inputs(), imageId: "sha256:base", digest } });
    expect(await server.create(inputs())).toEqual(first);
    expect(host.writes()).toEqual(["POST /images/create"]);
  });

  test("pulls it when this computer's engine, which was to give it, is away", async () => {
    await server.create(inputs({ seedFromLocalEngine: true }));
    expect(host.writes()).toEqual(["POST /images/create"]);
  });

  test("says where it looked when nobody has the image", async () => {
    registry.images.clear();
    const message = await server
      .create(inputs({ seedFromLocalEngine: true }))
      .then(() => "it succeeded", String);
    expect(message).toContain("hive3.example has no image debian:trixie-slim.");
    expect(message).toContain("docker pull debian:trixie-slim");
  });

  test("nothing to do means no connection; a replaced server gets it again", async () => {
    const { id, outs } = await server.create(inputs());
    await host.die();
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    expect(await server.update(id, outs, inputs({ revision: "2" }))).toEqual({
      ...outs,
      revision: "2",
    });
    await host.revive();
    host.images.length = 0;
    await server.update(id, outs, inputs({ incarnation: "server-2" }));
    expect(host.images.map((image) => image.Id)).toEqual(["sha256:base"]);
  });

  describe("on a server that was replaced, when the tag has moved on", () => {
    const newer = { digest: `sha256:${"c".repeat(64)}`, Id: "sha256:newer" };
    let outs: Properties;
    beforeEach(async () => {
      ({ outs } = await server.create(inputs()));
      host.images.length = 0;
      const image = {
        Id: newer.Id,
        Config: { Labels: {} },
        RepoTags: [reference],
        RepoDigests: [],
      };
      registry.images.set(reference, { digest: newer.digest, image });
    });

    test("gets exactly the image from before, under the same tag", async () => {
      const moved = await server.update(reference, outs, inputs({ incarnation: "server-2" }));
      expect(moved).toMatchObject({ imageId: "sha256:base", digest });
      expect(host.images).toMatchObject([{ Id: "sha256:base", RepoTags: [reference] }]);
    });

    test("stands for the image from before also when its registry has only the newer one, and says so", async () => {
      registry.images.delete(`debian@${digest}`);
      const moved = await server.update(reference, outs, inputs({ incarnation: "server-2" }));
      expect(moved).toMatchObject({ imageId: "sha256:base", digest });
      expect(host.images.map(({ Id }) => Id)).toEqual([newer.Id]);
      expect(server.log()).toContain(`hive3.example cannot get debian@${digest}`);
    });

    test("another reference is another image", async () => {
      const image = {
        Id: "sha256:13",
        Config: { Labels: {} },
        RepoTags: ["debian:13"],
        RepoDigests: [],
      };
      registry.images.set("debian:13", { digest: newer.digest, image });
      const moved = await server.update(reference, outs, inputs({ reference: "debian:13" }));
      expect(moved).toMatchObject({ imageId: "sha256:13", digest: newer.digest });
    });
  });

  describe("an update", () => {
    const newer = {
      Id: "sha256:newer",
      Config: { Labels: {} },
      RepoTags: [reference],
      RepoDigests: [],
    };
    const newerDigest = `sha256:${"c".repeat(64)}`;
    const updated = inputsOf("2026-12-24T08:00:00Z");
    let outs: Properties;
    beforeEach(async () => {
      ({ outs } = await server.create(inputs()));
    });

    test("asks for the image again, and pins what it is now", async () => {
      registry.images.set(reference, { digest: newerDigest, image: newer });
      expect((await server.diff(reference, outs, updated())).changes).toBe(true);
      const after = await server.update(reference, outs, updated());
      expect(after).toEqual({ ...updated(), imageId: newer.Id, digest: newerDigest });

      const requests = host.requests.length;
      expect((await server.diff(reference, after, updated())).changes).toBe(false);
      await server.update(reference, after, { ...updated(), revision: "2" });
      expect(host.requests).toHaveLength(requests);
    });

    test("keeps the same image when there is no newer one", async () => {
      const after = await server.update(reference, outs, updated());
      expect(after).toMatchObject({ imageId: "sha256:base", digest });
      expect(host.writes()).toEqual(["POST /images/create", "POST /images/create"]);
    });

    test("fails when nobody can be asked, and says that nothing has changed", async () => {
      registry.images.clear();
      const message = await server
        .update(reference, outs, updated())
        .then(() => "it succeeded", String);
      expect(message).toContain(`hive3.example could not ask for a newer ${reference}`);
      expect(message).toContain("Images stay as they are.");
      expect(host.images.map(({ Id }) => Id)).toEqual(["sha256:base"]);
    });

    test("that is taken back keeps the pin", async () => {
      registry.images.set(reference, { digest: newerDigest, image: newer });
      const after = await server.update(reference, outs, updated());
      expect(await server.update(reference, after, inputs())).toEqual({
        ...inputs(),
        imageId: newer.Id,
        digest: newerDigest,
      });
    });

    test("that is followed by another server keeps the image of the update", async () => {
      const after = await server.update(reference, outs, updated());
      host.images.length = 0;
      registry.images.set(reference, { digest: newerDigest, image: newer });
      const moved = await server.update(reference, after, {
        ...updated(),
        incarnation: "server-2",
      });
      expect(moved).toMatchObject({ imageId: "sha256:base", digest });
    });
  });

  test("a refresh sees that it is gone; a host that is away says nothing", async () => {
    const { id, outs } = await server.create(inputs());
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    host.images.length = 0;
    const seen = await server.read(id, outs);
    expect(seen.inputs?.["reference"]).toBe("debian:trixie-slim (not on hive3.example)");
    expect(await server.update(id, seen.props, inputs())).toEqual(outs);
    await host.die();
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
  });

  test("deleting leaves the image, also on a dead host", async () => {
    const { id, outs } = await server.create(inputs());
    await server.delete(id, outs);
    expect(host.images).toHaveLength(1);
    await host.die();
    await server.delete(id, outs);
  });

  test("unknown values of a preview are accepted, and nonsense is refused", async () => {
    const { id, outs } = await server.create(inputs());
    expect((await server.check(inputs({ reference: unknownValue }))).failures).toEqual([]);
    expect((await server.diff(id, outs, inputs({ host: unknownValue }))).changes).toBe(true);
    const { failures } = await server.check(inputs({ reference: "not an image" }));
    expect(failures[0]?.reason).toMatch(
      /^reference: "not an image" is not a valid image reference/,
    );
  });
});
