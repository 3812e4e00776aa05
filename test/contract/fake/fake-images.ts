import { createHash } from "node:crypto";
import { type EngineAnswer, type EngineRequest, type FakeHost, startFakeHost } from "./fake-host";

/** An image on a {@link FakeImageHost}, by name (`repository:tag`, `repository@digest` or id). */
export interface FakeImage {
  readonly Id: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly RepoTags: string[];
  readonly RepoDigests: string[];
}

/** A registry that the engines of a test share. */
export interface FakeRegistry {
  /** Images by `repository:tag` and by `repository@digest`. */
  readonly images: Map<string, { readonly digest: string; readonly image: FakeImage }>;
  /** Passwords that it accepts, by user. */
  readonly passwords: Readonly<Record<string, string>>;
}

/** A host whose engine answers as Docker Engine 20.10 does, as far as the image providers ask. */
export interface FakeImageHost extends FakeHost {
  readonly images: FakeImage[];
  /** Requests that change something, without what names the image. */
  writes(): string[];
  /** Images that the Swarm's services name; this host is its manager. */
  readonly serviceImages: string[];
  /** For each build of the classic builder so far: whether it was to run every step. */
  readonly builtWithoutCache: readonly boolean[];
  /** Tells the engine to fail every build with this output and error. */
  failBuilds(output: string, error: string): void;
  /** The host dies when it is told to build. */
  dieWhileBuilding(): void;
  /** Commands that came over SSH, each with its standard input. */
  readonly commands: readonly { readonly command: string; readonly stdin: string }[];
}

/** What a command ends with. */
interface CommandAnswer {
  readonly code: number;
  readonly stdout: string;
}

const lines = (...messages: readonly unknown[]): EngineAnswer => ({
  status: 200,
  body: Buffer.from(messages.map((message) => `${JSON.stringify(message)}\r\n`).join("")),
});
const repositoryOf = (name: string): string => name.slice(0, name.lastIndexOf(":"));
const sha256 = (text: string): string =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Starts a host with no images. */
export async function startFakeImageHost(
  name: string,
  registry: FakeRegistry,
): Promise<FakeImageHost> {
  const images: FakeImage[] = [];
  const serviceImages: string[] = [];
  const commands: { command: string; stdin: string }[] = [];
  const builtWithoutCache: boolean[] = [];
  let diesWhileBuilding = false;
  let buildFailure: { output: string; error: string } | undefined;

  /** Adds an image; a name that another one had is then its. */
  const add = (image: FakeImage): void => {
    for (const { RepoTags } of images) {
      for (const tag of image.RepoTags.filter((name) => RepoTags.includes(name))) {
        RepoTags.splice(RepoTags.indexOf(tag), 1);
      }
    }
    images.push(image);
  };
  const find = (wanted: string): FakeImage | undefined =>
    images.find(
      ({ Id, RepoTags, RepoDigests }) =>
        Id === wanted || RepoTags.includes(wanted) || RepoDigests.includes(wanted),
    );
  const authorized = ({ headers }: EngineRequest): boolean => {
    const header = Buffer.from(String(headers["x-registry-auth"] ?? ""), "base64").toString();
    const { username, password } = JSON.parse(header === "" ? "{}" : header) as Record<
      string,
      string
    >;
    return username !== undefined && registry.passwords[username] === password;
  };

  const build = ({ query }: EngineRequest): EngineAnswer => {
    builtWithoutCache.push(query.get("nocache") === "true");
    if (buildFailure !== undefined) {
      return lines(
        { stream: "Step 1/2 : FROM debian:trixie-slim\n" },
        { stream: "Step 2/2 : RUN something\n" },
        { stream: `\u001b[91m${buildFailure.output}\n\u001b[0m` },
        { error: buildFailure.error, errorDetail: { message: buildFailure.error } },
      );
    }
    const labels = JSON.parse(query.get("labels") ?? "{}") as Record<string, string>;
    const { Id } = make(query.get("t") ?? "", labels);
    return lines({ stream: "Step 1/1 : FROM debian:trixie-slim\n" }, { aux: { ID: Id } });
  };
  /** What `docker build` on the host answers; the header of its input says what to build. */
  const buildByCommand = (stdin: string): CommandAnswer => {
    if (buildFailure !== undefined) {
      const { output, error } = buildFailure;
      const stdout = `#4 [1/2] FROM debian\n#4 CACHED\n\n#5 [2/2] RUN something\n#5 0.1 ${output}\n#5 ERROR: ${error}\n`;
      return { code: 1, stdout };
    }
    const words = [...stdin.matchAll(/^word (.*)$/gm)].map(([, word = ""]) =>
      Buffer.from(word, "base64").toString(),
    );
    const after = (option: string): string[] =>
      words.filter((_, index) => words[index - 1] === option);
    const labels = after("--label").map((label) => label.split("=") as [string, string]);
    make(after("--tag")[0] ?? "", Object.fromEntries(labels));
    return { code: 0, stdout: "#1 [1/1] FROM debian\n#1 DONE 0.1s\n" };
  };
  const make = (tag: string, labels: Readonly<Record<string, string>>): FakeImage => {
    const image = {
      Id: sha256(JSON.stringify(labels)),
      Config: { Labels: labels },
      RepoTags: [tag],
      RepoDigests: [],
    };
    add(image);
    return image;
  };
  const push = (request: EngineRequest, tag: string): EngineAnswer => {
    if (!authorized(request)) return lines({ error: "unauthorized: authentication required" });
    const image = find(tag);
    if (image === undefined)
      return { status: 404, body: { message: `An image does not exist: ${tag}` } };
    const repository = repositoryOf(tag);
    const digest = sha256(image.Id);
    image.RepoDigests.push(`${repository}@${digest}`);
    registry.images.set(tag, { digest, image });
    registry.images.set(`${repository}@${digest}`, { digest, image });
    return lines({ status: "Pushed" }, { aux: { Tag: "t", Digest: digest, Size: 1 } });
  };
  const pull = (request: EngineRequest): EngineAnswer => {
    const reference = request.query.get("fromImage") ?? "";
    const found = registry.images.get(reference);
    const isPublic = !reference.includes("/");
    if (!isPublic && !authorized(request)) {
      return { status: 500, body: { message: "unauthorized: authentication required" } };
    }
    if (found === undefined) {
      return {
        status: 404,
        body: { message: `manifest for ${reference} not found: manifest unknown` },
      };
    }
    const byDigest = reference.includes("@")
      ? reference
      : `${repositoryOf(reference)}@${found.digest}`;
    add({ ...found.image, RepoTags: [...found.image.RepoTags], RepoDigests: [byDigest] });
    return lines({ status: "Pull complete" });
  };

  /** What curl on the host answers to a DELETE. */
  const removeManifest = (stdin: string): CommandAnswer => {
    const url = /url = "https:\/\/([^/]*)\/v2\/(.*)\/manifests\/(.*)"/.exec(stdin);
    const [, address = "", name = "", digest = ""] = url ?? [];
    const before = registry.images.size;
    for (const [key, stored] of registry.images) {
      if (key.startsWith(`${address}/${name}`) && stored.digest === digest) {
        registry.images.delete(key);
      }
    }
    return { code: 0, stdout: registry.images.size < before ? "202" : "404" };
  };

  const answer = (request: EngineRequest): EngineAnswer => {
    if (request.path === "/build" && diesWhileBuilding) void host.die();
    const path = decodeURIComponent(request.path);
    const part = (pattern: RegExp): string | undefined => pattern.exec(path)?.[1];
    const distribution = part(/^\/distribution\/(.*)\/json$/);
    if (distribution !== undefined) {
      if (!authorized(request)) {
        return { status: 500, body: { message: "unauthorized: authentication required" } };
      }
      const digest = registry.images.get(distribution)?.digest;
      return digest === undefined
        ? { status: 404, body: { message: "manifest unknown: manifest unknown" } }
        : { status: 200, body: { Descriptor: { digest } } };
    }
    if (path === "/info") {
      const swarm = { NodeID: "n", LocalNodeState: "active", ControlAvailable: true };
      return { status: 200, body: { Swarm: swarm } };
    }
    if (path === "/nodes") return { status: 200, body: [] };
    if (path === "/services") {
      const specOf = (Image: string): unknown => ({ TaskTemplate: { ContainerSpec: { Image } } });
      return { status: 200, body: serviceImages.map((image) => ({ Spec: specOf(image) })) };
    }
    if (path === "/images/load") {
      const loaded = JSON.parse(request.text) as FakeImage;
      // An archive knows nothing of registries.
      add({ ...loaded, RepoDigests: [] });
      return lines({ stream: "Loaded image" });
    }
    const saved = part(/^\/images\/(.*)\/get$/);
    if (saved !== undefined) {
      const image = find(saved);
      // Saved by digest or id, an image loses its names.
      const RepoTags = image?.RepoTags.filter((name) => name === saved);
      return { status: 200, body: image === undefined ? undefined : { ...image, RepoTags } };
    }
    if (path === "/images/prune") return { status: 200, body: {} };
    if (path === "/build") return build(request);
    if (path === "/images/create") return pull(request);
    if (path === "/images/json") {
      return { status: 200, body: images };
    }
    const pushed = part(/^\/images\/(.*)\/push$/);
    if (pushed !== undefined) return push(request, pushed);
    const tagged = part(/^\/images\/(.*)\/tag$/);
    if (tagged !== undefined) {
      const image = find(tagged);
      if (image === undefined) return { status: 404, body: { message: "No such image" } };
      images.splice(images.indexOf(image), 1);
      const tag = `${request.query.get("repo")}:${request.query.get("tag")}`;
      add({ ...image, RepoTags: [...image.RepoTags.filter((each) => each !== tag), tag] });
      return { status: 201, body: {} };
    }
    const name = part(/^\/images\/(.*?)(?:\/json)?$/) ?? "";
    const image = find(name);
    if (image === undefined) return { status: 404, body: { message: `No such image: ${name}` } };
    if (request.method === "DELETE") images.splice(images.indexOf(image), 1);
    return { status: 200, body: image };
  };

  const host = await startFakeHost(name, answer, (command, stdin) => {
    commands.push({ command, stdin });
    return command.includes("docker build") ? buildByCommand(stdin) : removeManifest(stdin);
  });
  return Object.assign(Object.create(host) as FakeHost, {
    images,
    serviceImages,
    commands,
    builtWithoutCache,
    writes: () =>
      host.requests
        .filter((request) => !request.startsWith("GET "))
        .map((request) =>
          request
            .replace(/\/images\/.*\/push$/, "/images/…/push")
            .replace(/\/images\/.*\/tag$/, "/images/…/tag")
            .replace(/^(DELETE \/images)\/.*/, "$1/…"),
        ),
    dieWhileBuilding: () => {
      diesWhileBuilding = true;
    },
    failBuilds: (output: string, error: string) => {
      buildFailure = { output, error };
    },
  });
}
