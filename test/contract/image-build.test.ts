import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashBuildContext } from "../../providers/image-build/context";
import { imageBuildProvider } from "../../providers/image-build/provider";
import { type FakeImageHost, type FakeRegistry, startFakeImageHost } from "./fake/fake-images";
import {
  type Properties,
  type ProviderServer,
  startProviderServer,
  unknownValue,
} from "./provider-server";
import { serializeProvider } from "./serialized-provider";

// The start of the server takes seconds on a busy computer.
jest.setTimeout(60_000);

const repository = "registry.example:5000/webgate";
const password = "planted-password";
let text: string;
let server: ProviderServer;
let folder: string;
let registry: FakeRegistry;
let host: FakeImageHost;

beforeAll(async () => {
  text = (await serializeProvider(imageBuildProvider, 80 * 1024)).text;
  server = await startProviderServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hive-image-build-"));
  cpSync("site/images/webgate", folder, { recursive: true });
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
  revision: 1,
  ...changes,
});
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "it succeeded", String);

describe("ImageBuild", () => {
  test("builds and pushes; the reference is by the registry's digest", async () => {
    const { id, outs } = await server.create(text, inputs());
    expect(host.writes()).toEqual(["POST /build", "POST /images/…/push"]);
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
    const first = await server.create(text, inputs());
    const writes = host.writes();
    expect(await server.create(text, inputs())).toEqual(first);
    expect(host.writes()).toEqual(writes);
  });

  test("takes the image from the registry when the host is new", async () => {
    const first = await server.create(text, inputs());
    host.images.length = 0;
    const again = await server.create(text, inputs({ incarnation: "server-2" }));
    expect(again.outs["digest"]).toBe(first.outs["digest"]);
    expect(host.writes().filter((write) => write === "POST /build")).toHaveLength(1);
  });

  test("does not take an image for its own that has the tag but not the content", async () => {
    const first = await server.create(text, inputs());
    const tag = `${repository}:${String(first.outs["tag"])}`;
    host.images.length = 0;
    const foreign = { Id: "sha256:1", Config: { Labels: {} }, RepoTags: [tag], RepoDigests: [] };
    registry.images.set(tag, { digest: "sha256:foreign", image: foreign });
    await server.create(text, inputs());
    expect(registry.images.get(tag)?.digest).toBe(first.outs["digest"]);
  });

  test.each([
    ["a build argument", { buildArguments: { VERSION: "2" } }],
    ["a label", { labels: { "hive.site": "other" } }],
    ["another base image", { baseImageId: "sha256:2" }],
  ])("%s makes another image", async (_what, change) => {
    const { id, outs } = await server.create(text, inputs());
    expect((await server.diff(text, id, outs, inputs(change))).changes).toBe(true);
    const after = await server.update(text, id, outs, inputs(change));
    expect(after["tag"]).not.toBe(outs["tag"]);
    expect(after["digest"]).not.toBe(outs["digest"]);
  });

  test("without push, the reference is the id and no registry is asked", async () => {
    const { registryAuth: account, ...local } = inputs({
      push: false,
      repository: "hive/registry",
    });
    expect(account).toMatchObject({ username: "push" });
    const { outs } = await server.create(text, local);
    expect(outs).toMatchObject({ reference: host.images[0]?.Id, digest: "" });
    expect(host.requests.filter((request) => /distribution|push/.test(request))).toEqual([]);
  });

  test("nothing to do means no connection, and a new revision or password none either", async () => {
    const { id, outs } = await server.create(text, inputs());
    await host.die();
    expect((await server.diff(text, id, outs, inputs())).changes).toBe(false);
    const changed = inputs({ revision: 2, registryAuth: { username: "push", password: "new" } });
    expect((await server.diff(text, id, outs, changed)).changes).toBe(true);
    expect(await server.update(text, id, outs, changed)).toEqual({ ...outs, ...changed });
  });

  test("a refresh sees an image that the registry lost, and a host that is away changes nothing", async () => {
    const { id, outs } = await server.create(text, inputs());
    expect((await server.read(text, id, outs)).inputs).toEqual(inputs());
    registry.images.clear();
    const seen = await server.read(text, id, outs);
    expect(seen.inputs?.["contextHash"]).toBe("(the registry does not have the image)");
    expect((await server.diff(text, id, seen.props, inputs())).changes).toBe(true);
    expect(await server.update(text, id, seen.props, inputs())).toEqual(outs);
    await host.die();
    expect(await server.read(text, id, outs)).toEqual({ id, props: outs, inputs: inputs() });
  });

  test("a failed build names host, step, output and remedy, and pushes nothing", async () => {
    host.failBuilds("write /var/lib/docker/x: no space left on device", "a command returned 1");
    const message = await failureOf(server.create(text, inputs()));
    expect(message).toContain(
      'on hive3.example failed at "Step 2/2 : RUN something": a command returned 1',
    );
    expect(message).toContain("The disk of hive3.example is full.");
    expect(message).toContain("  | write /var/lib/docker/x: no space left on device");
    expect(registry.images.size).toBe(0);
  });

  test("a refused account fails without its password showing anywhere", async () => {
    const wrong = inputs({ registryAuth: { username: "push", password: "planted-wrong" } });
    const message = await failureOf(server.create(text, wrong));
    expect(message).toContain("unauthorized");
    expect(message + server.log()).not.toContain("planted");
    expect(host.requests.join()).not.toContain("planted");
  });

  test("files that change during the run are not built under the old hash", async () => {
    const before = inputs();
    writeFileSync(join(folder, "files", "late"), "x");
    expect(await failureOf(server.create(text, before))).toContain(
      `Files in ${folder} changed while the run was going on`,
    );
    expect(host.images).toEqual([]);
  });

  test("deleting removes the tags and the manifest, the password only on standard input; a dead host is fine", async () => {
    const { id, outs } = await server.create(text, inputs());
    await server.delete(text, id, outs);
    expect(host.images).toEqual([]);
    expect(host.commands).toHaveLength(1);
    const [{ command, stdin } = { command: "", stdin: "" }] = host.commands;
    expect(command).not.toContain("planted");
    expect(stdin).toContain(
      `url = "https://registry.example:5000/v2/webgate/manifests/${String(outs["digest"])}"`,
    );
    expect(stdin).toContain(`user = "push:${password}"`);
    await server.delete(text, id, outs);
    await host.die();
    await server.delete(text, id, outs);
  });

  test("unknown values of a preview are accepted", async () => {
    const preview = inputs({ host: unknownValue, registryAuth: unknownValue, push: unknownValue });
    expect((await server.check(text, preview)).failures).toEqual([]);
    const { id, outs } = await server.create(text, inputs());
    expect((await server.diff(text, id, outs, preview)).changes).toBe(true);
  });

  test("another repository is another image", async () => {
    const { id, outs } = await server.create(text, inputs());
    const moved = inputs({ repository: "registry.example:5000/gate" });
    expect((await server.diff(text, id, outs, moved)).replaces).toEqual(["repository"]);
  });

  test("a repository without registry, or with spaces, is refused by name", async () => {
    const reasonOf = async (name: string): Promise<string | undefined> =>
      (await server.check(text, inputs({ repository: name }))).failures[0]?.reason;
    expect(await reasonOf("webgate")).toBe(
      '"webgate" names no registry to push to; write e.g. registry.example:5000/webgate',
    );
    expect(await reasonOf("web gate")).toContain("is no image name");
  });

  test("a host that is away is named", async () => {
    await host.die();
    expect(await failureOf(server.create(text, inputs()))).toContain("hive3.example");
  });
});
