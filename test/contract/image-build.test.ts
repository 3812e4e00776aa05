import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashBuildContext } from "../../providers/image-build/context";
import type { ImageRelease } from "../../model/image/releases";
import { packed } from "../../providers/framework/packed";
import { imageBuildProvider } from "../../providers/image-build/provider";
import { type FakeImageHost, type FakeRegistry, startFakeImageHost } from "./fake/fake-images";
import { type Properties, unknownValue } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const repository = "registry.example:5000/webgate";
const password = "planted-password";
const server = providerUnderTest(packed("image-build", imageBuildProvider));
let folder: string;
let registry: FakeRegistry;
let host: FakeImageHost;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hive-image-build-"));
  cpSync("site/images/portal", folder, { recursive: true });
  registry = { images: new Map(), passwords: { push: password } };
  host = await startFakeImageHost("hive3.example", registry);
});
afterEach(async () => {
  await host.stop();
  rmSync(folder, { recursive: true });
});

const inputs = (changes: Properties = {}): Properties => ({
  host: host.access,
  incarnation: "server-1",
  contextFolder: folder,
  contextHash: hashBuildContext(folder),
  repository,
  buildArguments: { VERSION: "1" },
  labels: { "hive.site": "example" },
  push: true,
  registryAuth: { username: "push", password },
  revision: "1",
  ...changes,
});
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "it succeeded", String);

describe("ImageBuild", () => {
  test("builds and pushes; the reference is by the registry's digest", async () => {
    const { id, outs } = await server.create(inputs());
    expect(host.writes()).toEqual(["POST /build", "POST /images/prune", "POST /images/…/push"]);
    expect(id).toBe(repository);
    const stored = registry.images.get(`${repository}:${String(outs["tag"])}`);
    expect(outs).toMatchObject({
      digest: stored?.digest,
      reference: `${repository}@${stored?.digest}`,
      imageId: host.images[0]?.Id,
    });
    expect(host.images[0]?.Config.Labels).toMatchObject({ "hive.site": "example" });
  });

  test("adopts what has the same content: a second create writes nothing", async () => {
    const first = await server.create(inputs());
    const writes = host.writes();
    expect(await server.create(inputs())).toEqual(first);
    expect(host.writes()).toEqual(writes);
  });

  test("takes the image from the registry when the host is new", async () => {
    const first = await server.create(inputs());
    host.images.length = 0;
    const again = await server.create(inputs({ incarnation: "server-2" }));
    expect(again.outs["digest"]).toBe(first.outs["digest"]);
    expect(host.writes().filter((write) => write === "POST /build")).toHaveLength(1);
  });

  test("does not take an image for its own that has the tag but not the content", async () => {
    const first = await server.create(inputs());
    const tag = `${repository}:${String(first.outs["tag"])}`;
    host.images.length = 0;
    const foreign = { Id: "sha256:1", Config: { Labels: {} }, RepoTags: [tag], RepoDigests: [] };
    registry.images.set(tag, { digest: "sha256:foreign", image: foreign });
    await server.create(inputs());
    expect(registry.images.get(tag)?.digest).toBe(first.outs["digest"]);
  });

  test.each([
    ["a build argument", { buildArguments: { VERSION: "2" } }],
    ["a label", { labels: { "hive.site": "other" } }],
    ["another base image", { baseImageId: "sha256:2" }],
  ])("%s makes another image", async (_what, change) => {
    const { id, outs } = await server.create(inputs());
    expect((await server.diff(id, outs, inputs(change))).changes).toBe(true);
    const after = await server.update(id, outs, inputs(change));
    expect(after["tag"]).not.toBe(outs["tag"]);
    expect(after["digest"]).not.toBe(outs["digest"]);
  });

  describe("an update", () => {
    const updated = { updated: "2026-12-24T08:00:00Z" };

    test("builds the same sources again, and the first time without the builder's cache", async () => {
      const { id, outs } = await server.create(inputs());
      expect((await server.diff(id, outs, inputs(updated))).changes).toBe(true);
      const after = await server.update(id, outs, inputs(updated));
      expect(after["tag"]).not.toBe(outs["tag"]);
      expect(host.builtWithoutCache).toEqual([false, true]);
      expect(host.images.at(-1)?.Config.Labels).toMatchObject({
        "hive.updated": "2026-12-24T08:00:00Z",
      });

      // What changes later may use what the update has built.
      expect((await server.diff(id, after, inputs(updated))).changes).toBe(false);
      const changed = inputs({ ...updated, buildArguments: { VERSION: "2" } });
      await server.update(id, after, changed);
      expect(host.builtWithoutCache).toEqual([false, true, false]);
    });

    test("that failed is tried again without the cache", async () => {
      const { id, outs } = await server.create(inputs());
      host.failBuilds("E: no mirror", "exit 100");
      await failureOf(server.update(id, outs, inputs(updated)));
      await failureOf(server.update(id, outs, inputs(updated)));
      expect(host.builtWithoutCache).toEqual([false, true, true]);
    });

    test("asks for other base images of the Dockerfile again, and says which it could not ask for", async () => {
      writeFileSync(
        join(folder, "Dockerfile"),
        "FROM node:22 AS build\nFROM away:1\nFROM debian:trixie-slim\n",
      );
      const image = (name: string, Id: string) => ({
        Id,
        Config: { Labels: {} },
        RepoTags: [name],
        RepoDigests: [],
      });
      host.images.push(
        image("node:22", "sha256:old"),
        image("away:1", "sha256:away"),
        image("debian:trixie-slim", "sha256:base"),
      );
      registry.images.set("node:22", { digest: "sha256:n", image: image("node:22", "sha256:new") });
      const based = { baseImageId: "sha256:base" };
      const { id, outs } = await server.create(inputs(based));
      await server.update(id, outs, inputs({ ...based, ...updated }));
      expect(host.images.find(({ RepoTags }) => RepoTags.includes("node:22"))?.Id).toBe(
        "sha256:new",
      );
      // The base image has a resource of its own.
      expect(host.writes().filter((write) => write === "POST /images/create")).toHaveLength(2);
      expect(server.log()).toContain("hive3.example could not ask for a newer away:1");
    });

    test("does not touch a pinned image", async () => {
      const { id, outs } = await server.create(inputs());
      const pin = { pullFrom: String(outs["reference"]) };
      const pinned = await server.update(id, outs, inputs(pin));
      const after = await server.diff(id, pinned, inputs({ ...pin, ...updated }));
      expect(after.changes).toBe(false);
      expect(host.builtWithoutCache).toEqual([false]);
    });
  });

  test("without push, the reference is the id and no registry is asked", async () => {
    const { registryAuth: account, ...local } = inputs({
      push: false,
      repository: "hive/registry",
    });
    expect(account).toMatchObject({ username: "push" });
    const { outs } = await server.create(local);
    expect(outs).toMatchObject({ reference: host.images[0]?.Id, digest: "" });
    expect(host.requests.filter((request) => /distribution|push/.test(request))).toEqual([]);
  });

  test("nothing to do means no connection, and a new revision or password none either", async () => {
    const { id, outs } = await server.create(inputs());
    await host.die();
    expect((await server.diff(id, outs, inputs())).changes).toBe(false);
    const changed = inputs({ revision: "2", registryAuth: { username: "push", password: "new" } });
    expect((await server.diff(id, outs, changed)).changes).toBe(true);
    expect(await server.update(id, outs, changed)).toEqual({ ...outs, ...changed });
  });

  test("a refresh sees an image that the registry lost, and a host that is away changes nothing", async () => {
    const { id, outs } = await server.create(inputs());
    expect((await server.read(id, outs)).inputs).toEqual(inputs());
    registry.images.clear();
    const seen = await server.read(id, outs);
    expect(seen.inputs?.["contextHash"]).toBe("(the registry does not have the image)");
    expect((await server.diff(id, seen.props, inputs())).changes).toBe(true);
    expect(await server.update(id, seen.props, inputs())).toEqual(outs);
    await host.die();
    expect(await server.read(id, outs)).toEqual({ id, props: outs, inputs: inputs() });
  });

  test.each([
    ["another target stage", { target: "runtime" }],
    ["one more build secret", { buildSecrets: { token: "planted-token" } }],
  ])("%s makes another image", async (_what, change) => {
    const { id, outs } = await server.create(inputs());
    const after = await server.update(id, outs, inputs(change));
    expect(after["tag"]).not.toBe(outs["tag"]);
  });

  test("a build secret goes through standard input only, and another value of it builds nothing", async () => {
    const secret = inputs({ target: "runtime", buildSecrets: { token: "planted-token" } });
    const { id, outs } = await server.create(secret);
    expect(host.writes()).not.toContain("POST /build");
    const [{ command, stdin } = { command: "", stdin: "" }] = host.commands;
    expect(command).not.toContain("planted");
    expect(stdin).toContain(`secret token ${Buffer.from("planted-token").toString("base64")}\n`);
    const changed = inputs({ target: "runtime", buildSecrets: { token: "planted-other" } });
    expect((await server.diff(id, outs, changed)).changes).toBe(true);
    expect(await server.update(id, outs, changed)).toEqual({ ...outs, ...changed });
    expect(host.commands).toHaveLength(1);
    expect(JSON.stringify(host.images) + server.log()).not.toContain("planted");
  });

  test("a build secret that a failing step printed is blotted out", async () => {
    host.failBuilds("the token is planted-token", "exit code: 3, planted-token");
    const secret = inputs({ buildSecrets: { token: "planted-token" } });
    const message = await failureOf(server.create(secret));
    expect(message).toContain('on hive3.example failed at "[2/2] RUN something": exit code: 3');
    expect(message).toContain("  | the token is [secret]");
    expect(message + server.log()).not.toContain("planted");
  });

  test("says while it builds which step it is at", async () => {
    await server.create(inputs());
    expect(server.log()).toContain("hive: image webgate: Step 1/1 : FROM debian:trixie-slim");
  });

  test("a name of a secret that could be anything else is refused", async () => {
    const { failures } = await server.check(inputs({ buildSecrets: { "../x": "planted" } }));
    expect(failures).toEqual([
      {
        property: "",
        reason:
          'buildSecrets: "../x" is not a valid name of a secret; use letters, digits, "_", "." and "-"',
      },
    ]);
  });

  describe("pinned to a finished image", () => {
    const pinOf = (letter: string): string => `${repository}@sha256:${letter.repeat(64)}`;
    const pin = pinOf("d");
    /** What `hive promote` does: the registry has the image by its digest, without a tag. */
    const promoted = (letter: string): void => {
      const image = { Id: letter, Config: { Labels: {} }, RepoTags: [], RepoDigests: [] };
      registry.images.set(pinOf(letter), { digest: `sha256:${letter.repeat(64)}`, image });
    };
    const releasesOf = (state: Properties): ImageRelease[] => state["releases"] as ImageRelease[];
    beforeEach(() => promoted("d"));

    test("nothing is built, what was promoted is a release, and going back finds the image that was built", async () => {
      const built = await server.create(inputs());
      const writes = host.writes();
      const pinned = await server.update(built.id, built.outs, inputs({ pullFrom: pin }));
      expect(pinned).toMatchObject({ reference: pin, digest: `sha256:${"d".repeat(64)}` });
      expect(releasesOf(pinned)).toEqual([
        { tag: "", digest: pinned["digest"], reference: pin, builtAt: "", kept: true },
        ...releasesOf(built.outs),
      ]);
      expect((await server.read(built.id, pinned)).inputs).toEqual(inputs({ pullFrom: pin }));
      const back = await server.update(built.id, pinned, inputs());
      const [first, second] = releasesOf(pinned);
      expect(back).toEqual({ ...built.outs, releases: [second, first] });
      expect(host.writes()).toEqual(writes);
    });

    test("the build host may be away: the cluster's servers may have the image", async () => {
      const built = await server.create(inputs());
      await host.die();
      const pinned = await server.update(built.id, built.outs, inputs({ pullFrom: pin }));
      expect(releasesOf(pinned)[0]?.reference).toBe(pin);
    });

    test("a pin that the registry does not have fails before anything changes, and says what to do", async () => {
      const built = await server.create(inputs());
      const gone = inputs({ pullFrom: pinOf("0") });
      const message = await failureOf(server.update(built.id, built.outs, gone));
      expect(message).toContain(
        `webgate is pinned to sha256:${"0".repeat(64)}, which the registry registry.example:5000 does not have`,
      );
      expect(message).toContain("'npx hive promote webgate'");
      expect(message).toContain("'npx hive unpin webgate'");
      expect(message).toContain(String(built.outs["digest"]).slice(7, 19));
      expect(message).not.toContain("planted");
    });

    test("promotions are removed as builds are, never the one in use nor the one before it", async () => {
      const promote = async (state: Properties, letter: string): Promise<Properties> => {
        promoted(letter);
        const next = inputs({ pullFrom: pinOf(letter), managers: [host.access] });
        return await server.update(repository, state, next);
      };
      let state = (await server.create(inputs())).outs;
      for (const letter of ["1", "2"]) state = await promote(state, letter);
      // All that come later fail, so that a service goes on with this one.
      host.serviceImages.push(pinOf("2"));
      for (const letter of ["3", "4", "5", "6"]) state = await promote(state, letter);
      const kept = releasesOf(state).filter((release) => release.kept);
      expect(kept.map(({ reference }) => reference)).toEqual(["6", "5", "4", "2", "1"].map(pinOf));
      const stored = [...registry.images.keys()].filter((key) => key.includes("@")).sort();
      expect(stored).toEqual(["1", "2", "4", "5", "6", "d"].map(pinOf));
      // Going back to the oldest that is kept keeps it, though no service names it yet.
      host.serviceImages.splice(0, 1, pinOf("6"));
      const back = await promote(state, "1");
      expect(
        releasesOf(back)
          .filter((release) => release.kept)
          .map(({ reference }) => reference),
      ).toEqual(["6", "5", "4", "1"].map(pinOf));
      await server.delete(repository, back);
      expect([...registry.images.keys()]).toEqual([pin]);
    });

    test("a pin in the state of an earlier version becomes a release", async () => {
      const { id, outs } = await server.create(inputs({ pullFrom: pin }));
      const old = { ...outs, releases: [] };
      promoted("e");
      const next = await server.update(id, old, inputs({ pullFrom: pinOf("e") }));
      expect(releasesOf(next).map(({ reference }) => reference)).toEqual([pinOf("e"), pin]);
    });

    test("what comes from elsewhere is no release of the stage, and its registry is not asked", async () => {
      const pullFrom = `elsewhere.example/webgate@sha256:${"d".repeat(64)}`;
      const { outs } = await server.create(inputs({ pullFrom }));
      expect(outs).toMatchObject({ reference: pullFrom, releases: [] });
      expect(host.requests).toEqual([]);
    });

    test("changed files are no change, a changed pin is one", async () => {
      const { id, outs } = await server.create(inputs({ pullFrom: pin }));
      writeFileSync(join(folder, "files", "late"), "x");
      const edited = inputs({ pullFrom: pin });
      expect((await server.diff(id, outs, edited)).changes).toBe(false);
      const other = inputs({ pullFrom: pin.replace(/d/g, "e") });
      expect((await server.diff(id, outs, other)).changes).toBe(true);
    });

    test("a pin without digest is refused", async () => {
      const { failures } = await server.check(inputs({ pullFrom: `${repository}:1` }));
      expect(failures[0]?.reason).toContain("is not by digest");
    });
  });

  describe("after many builds", () => {
    /** Builds versions 1 to `count`; gives the state after the last. */
    const buildMany = async (count: number): Promise<Properties> => {
      const version = (number: number): Properties =>
        inputs({ buildArguments: { VERSION: String(number) }, managers: [host.access] });
      let { outs } = await server.create(version(1));
      for (let number = 2; number <= count; number++) {
        outs = await server.update(repository, outs, version(number));
        if (number === 2) host.serviceImages.push(String(outs["reference"]));
      }
      return outs;
    };
    const digests = (): number =>
      [...registry.images.keys()].filter((key) => key.includes("@")).length;

    test("the newest three are kept, and one that a service names with the one before it", async () => {
      const outs = await buildMany(6);
      const releases = outs["releases"] as ImageRelease[];
      expect(releases.map(({ kept }) => kept)).toEqual([true, true, true, false, true, true]);
      expect(releases[0]).toMatchObject({ tag: outs["tag"], reference: outs["reference"] });
      expect(releases[4]?.reference).toBe(host.serviceImages[0]);
      expect(digests()).toBe(5);
      expect(host.images).toHaveLength(5);
    });

    test("nothing is removed while no manager can say what is in use", async () => {
      const other = await startFakeImageHost("hive0.example", registry);
      await other.stop();
      const { outs } = await server.create(inputs());
      let state = outs;
      for (const VERSION of ["2", "3", "4", "5", "6", "7"]) {
        const next = inputs({ buildArguments: { VERSION }, managers: [other.access] });
        state = await server.update(repository, state, next);
      }
      expect(state["releases"]).toHaveLength(7);
      expect(digests()).toBe(7);
    });

    test("content that comes back is the newest again, and deleting removes all that is left", async () => {
      const outs = await buildMany(4);
      const back = inputs({ buildArguments: { VERSION: "3" }, managers: [host.access] });
      const again = await server.update(repository, outs, back);
      const before = outs["releases"] as ImageRelease[];
      const after = again["releases"] as ImageRelease[];
      expect(after.map(({ tag }) => tag)).toEqual([1, 0, 2, 3].map((index) => before[index]?.tag));
      await server.delete(repository, again);
      expect(digests()).toBe(0);
      expect(host.images).toEqual([]);
    });
  });

  describe("while the build host is away", () => {
    let other: FakeImageHost;
    beforeEach(async () => {
      other = await startFakeImageHost("hive0.example", registry);
      await host.die();
    });
    afterEach(() => other.stop());
    const withOther = (changes: Properties = {}): Properties =>
      inputs({ fallbackHosts: [other.access], managers: [other.access], ...changes });

    test("another host builds, nothing is pushed, and the next run brings the same image into the registry", async () => {
      const { id, outs } = await server.create(withOther());
      const built = other.images[0]?.Id;
      expect(outs).toMatchObject({ reference: built, digest: "", pushed: false, releases: [] });
      expect(server.log()).toContain("hive3.example is unreachable, so hive0.example built");
      expect(registry.images.size).toBe(0);
      expect((await server.diff(id, outs, withOther())).changes).toBe(true);

      await host.revive();
      const mended = await server.update(id, outs, withOther());
      expect(mended).toMatchObject({ imageId: built, pushed: true, builtOn: "" });
      expect(mended["reference"]).toBe(`${repository}@${String(mended["digest"])}`);
      expect(mended["releases"]).toHaveLength(1);
      expect(host.writes()).toEqual(["POST /images/load", "POST /images/…/push"]);
      expect((await server.diff(id, mended, withOther())).changes).toBe(false);
    });

    test("and when that one is away then, the image is built again", async () => {
      const { id, outs } = await server.create(withOther());
      await host.revive();
      await other.die();
      const mended = await server.update(id, outs, withOther());
      expect(mended["pushed"]).toBe(true);
      expect(host.writes()).toContain("POST /build");
    });

    test("gets the base image by its digest, and what was built is the same image as from the build host", async () => {
      const digest = `sha256:${"b".repeat(64)}`;
      const reference = "debian:trixie-slim";
      const image = { Id: "sha256:older", Config: { Labels: {} }, RepoTags: [], RepoDigests: [] };
      registry.images.set(`debian@${digest}`, { digest, image });
      other.images.push({ ...image, Id: "sha256:newer", RepoTags: [reference] });
      const baseImage = { reference, seedFromLocalEngine: false, digest };
      const wanted = withOther({ baseImage, baseImageId: "sha256:older" });
      const { id, outs } = await server.create(wanted);
      expect(other.images.find(({ RepoTags }) => RepoTags.includes(reference))?.Id).toBe(image.Id);
      await host.revive();
      const mended = await server.update(id, outs, wanted);
      expect(mended["tag"]).toBe(outs["tag"]);
      expect(host.writes()).not.toContain("POST /build");
    });

    test("a run without any host says so of each", async () => {
      await other.die();
      const message = await failureOf(server.create(withOther()));
      expect(message).toContain(`No host can build ${repository}:`);
      expect(message).toContain("hive3.example: ");
      expect(message).toContain("hive0.example: ");
    });

    test("one that dies in the middle of a build is away too", async () => {
      await host.revive();
      host.dieWhileBuilding();
      const { outs } = await server.create(withOther());
      expect(outs).toMatchObject({ builtOn: "hive0.example", pushed: false });
      expect(host.writes()).toContain("POST /build");
    });

    test("a build that fails on the build host is not tried on another", async () => {
      await host.revive();
      host.failBuilds("broken", "exit code: 1");
      expect(await failureOf(server.create(withOther()))).toContain("on hive3.example failed");
      expect(other.requests).toEqual([]);
    });
  });

  describe("when the repository server was replaced and its registry is empty", () => {
    let other: FakeImageHost;
    let built: { id: string; outs: Properties };
    beforeEach(async () => {
      other = await startFakeImageHost("hive0.example", registry);
      built = await server.create(inputs());
      const [image] = host.images;
      if (image === undefined) throw new Error("Nothing was built.");
      // As after a pull by digest: the name is not there.
      other.images.push({ ...image, RepoTags: [], RepoDigests: [String(built.outs["reference"])] });
      host.images.length = 0;
      registry.images.clear();
    });
    afterEach(() => other.stop());
    const replaced = (): Properties =>
      inputs({ incarnation: "server-2", fallbackHosts: [other.access] });

    test("the image comes back from a host that has it, under the same digest, without a build", async () => {
      const writes = host.writes().length;
      const mended = await server.update(built.id, built.outs, replaced());
      expect(mended).toMatchObject({
        digest: built.outs["digest"],
        reference: built.outs["reference"],
        pushed: true,
      });
      expect(host.writes().slice(writes)).toEqual([
        "POST /images/load",
        "POST /images/…/tag",
        "POST /images/…/push",
      ]);
      expect(other.writes()).toEqual([]);
      expect([...registry.images.keys()]).toContain(built.outs["reference"]);
    });

    test("an image with the digest but other content is not taken, and a host that is away is skipped", async () => {
      other.images.splice(0, 1, {
        Id: "sha256:foreign",
        Config: { Labels: {} },
        RepoTags: [],
        RepoDigests: [String(built.outs["reference"])],
      });
      await server.update(built.id, built.outs, replaced());
      expect(host.writes()).toContain("POST /build");
      await other.die();
      host.images.length = 0;
      registry.images.clear();
      const mended = await server.update(built.id, built.outs, replaced());
      expect(mended["pushed"]).toBe(true);
    });
  });

  test("a failed build names host, step, output and remedy, and pushes nothing", async () => {
    host.failBuilds("write /var/lib/docker/x: no space left on device", "a command returned 1");
    const message = await failureOf(server.create(inputs()));
    expect(message).toContain(
      'on hive3.example failed at "Step 2/2 : RUN something": a command returned 1',
    );
    expect(message).toContain("The disk of hive3.example is full.");
    expect(message).toContain("  | write /var/lib/docker/x: no space left on device");
    expect(registry.images.size).toBe(0);
  });

  test("a refused account fails without its password showing anywhere", async () => {
    const wrong = inputs({ registryAuth: { username: "push", password: "planted-wrong" } });
    const message = await failureOf(server.create(wrong));
    expect(message).toContain("unauthorized");
    expect(message + server.log()).not.toContain("planted");
    expect(host.requests.join()).not.toContain("planted");
  });

  test("files that change during the run are not built under the old hash", async () => {
    const before = inputs();
    writeFileSync(join(folder, "files", "late"), "x");
    expect(await failureOf(server.create(before))).toContain(
      `Files in ${folder} changed during the run`,
    );
    expect(host.images).toEqual([]);
  });

  test("deleting removes the tags and the manifest, the password only on standard input; a dead host is fine", async () => {
    const { id, outs } = await server.create(inputs());
    await server.delete(id, outs);
    expect(host.images).toEqual([]);
    expect(host.commands).toHaveLength(1);
    const [{ command, stdin } = { command: "", stdin: "" }] = host.commands;
    expect(command).not.toContain("planted");
    expect(stdin).toContain(
      `url = "https://registry.example:5000/v2/webgate/manifests/${String(outs["digest"])}"`,
    );
    expect(stdin).toContain(`user = "push:${password}"`);
    await server.delete(id, outs);
    await host.die();
    await server.delete(id, outs);
  });

  test("unknown values of a preview are accepted", async () => {
    const preview = inputs({ host: unknownValue, registryAuth: unknownValue, push: unknownValue });
    expect((await server.check(preview)).failures).toEqual([]);
    const { id, outs } = await server.create(inputs());
    expect((await server.diff(id, outs, preview)).changes).toBe(true);
  });

  test("another repository is another image", async () => {
    const { id, outs } = await server.create(inputs());
    const moved = inputs({ repository: "registry.example:5000/gate" });
    expect((await server.diff(id, outs, moved)).replaces).toEqual(["repository"]);
  });

  test("a repository without registry, or with spaces, is refused by name", async () => {
    const reasonOf = async (name: string): Promise<string | undefined> =>
      (await server.check(inputs({ repository: name }))).failures[0]?.reason;
    expect(await reasonOf("webgate")).toBe(
      'repository: "webgate" names no registry to push to; write e.g. registry.example:5000/webgate',
    );
    expect(await reasonOf("web gate")).toContain("is not an image name");
  });

  test("a host that is away is named", async () => {
    await host.die();
    expect(await failureOf(server.create(inputs()))).toContain("hive3.example");
  });
});
