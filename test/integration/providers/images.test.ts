import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { baseImageProvider } from "../../../providers/base-image/provider";
import { certificateAuthorityProvider } from "../../../providers/certificate/authority-provider";
import { certificateProvider } from "../../../providers/certificate/provider";
import { hashBuildContext } from "../../../providers/image-build/context";
import {
  imageBuildProvider,
  type ImageBuildInputs,
  type ImageBuildState,
} from "../../../providers/image-build/provider";
import { buildWithBuildKit } from "../../../providers/image-build/buildkit";
import {
  imagePullProvider,
  type ImagePullInputs,
  type ImagePullState,
} from "../../../providers/image-pull/provider";
import { runChecked } from "../../../providers/transport/command";
import { sleep } from "../../../providers/transport/deadline";
import { withEngine } from "../../../providers/transport/engine";
import type { HostAccess } from "../../../providers/transport/host-access";
import { type Lab, startLab } from "../lab";

jest.setTimeout(300_000);

const registry = "registry.lab.example:5000";
const pushAccount = { username: "push", password: "planted-push-secret-6f1d" };
const pullAccount = { username: "pull", password: "planted-pull-secret-93ab" };
const run = promisify(execFile);

/** How long what takes long took; printed at the end. */
const timings: string[] = [];
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  try {
    return await work();
  } finally {
    timings.push(`${what}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }
}

let lab: Lab;
let folder: string;

/** Runs a command on a server as root; the input may be secret. */
const asRoot = (index: number, script: string, stdin = ""): Promise<{ stdout: string }> =>
  runChecked(lab.hosts[index]!, `sudo -n bash -c '${script}'`, { stdin, deadlineSeconds: 120 });

/** A build context in a folder of its own. */
function context(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

/** Inputs of an image that is pushed. */
function pushed(contextFolder: string, change: Partial<ImageBuildInputs> = {}): ImageBuildInputs {
  return {
    host: lab.hosts[0]!,
    incarnation: lab.instanceId(0),
    contextFolder,
    contextHash: hashBuildContext(contextFolder),
    repository: `${registry}/greeting`,
    buildArguments: {},
    labels: { "hive.site": "lab.example" },
    push: true,
    registryAuth: pushAccount,
    revision: "1",
    ...change,
  };
}
const build = async (inputs: ImageBuildInputs): Promise<ImageBuildState> =>
  (await imageBuildProvider.create(inputs)).outs!;
const failureOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "it succeeded",
    (error: unknown) => String(error),
  );
/** Images on the building host; an adopted image adds none. */
const imageCount = (): Promise<number> =>
  withEngine(lab.hosts[0]!, async (docker) => (await docker.listImages({ all: true })).length);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hive-images-"));
  lab = await timed("lab of 3 servers", () => startLab({ servers: 3, prefix: "img" }));
  const host = lab.hosts[0]!;
  const incarnation = lab.instanceId(0);
  await timed("base image copied through SSH", () =>
    baseImageProvider.create({
      host,
      incarnation,
      reference: "debian:trixie-slim",
      seedFromLocalEngine: true,
      revision: "1",
    }),
  );
  const image = await timed("registry image built cold", () =>
    build(pushed("platform/images/registry", { repository: "hive/registry", push: false })),
  );

  const authority = (
    await certificateAuthorityProvider.create({
      commonName: "lab authority",
      permittedDomains: ["lab.example"],
      permittedNetworks: ["127.0.0.0/8"],
      version: 1,
      validityDays: 10,
      renewBeforeDays: 1,
      revision: 1,
    })
  ).outs!;
  const certificate = (
    await certificateProvider.create({
      authorityCertificatePem: authority.certificatePem,
      authorityPrivateKeyPem: authority.privateKeyPem,
      commonName: "registry.lab.example",
      dnsNames: ["registry.lab.example"],
      ipAddresses: [],
      version: 1,
      validityDays: 5,
      renewBeforeDays: 1,
      revision: 1,
    })
  ).outs!;
  await asRoot(0, "install -d -m 0700 /etc/hive/registry");
  const write = (file: string, content: string): Promise<unknown> =>
    asRoot(0, `umask 077; cat > /etc/hive/registry/${file}`, content);
  await write("tls.crt", certificate.certificatePem);
  await write("tls.key", certificate.privateKeyPem);
  for (const { username, password } of [pushAccount, pullAccount]) {
    const { stdout } = await run(
      "perl",
      ["-e", "print crypt($ENV{WORD}, q{$2y$06$abcdefghijklmnopqrstuu})"],
      { env: { ...process.env, WORD: password } },
    );
    await write(`${username}.htpasswd`, `${username}:${stdout}\n`);
  }
  for (const index of [0, 1, 2]) {
    await asRoot(
      index,
      `echo "${lab.address(0)} registry.lab.example" >> /etc/hosts; install -d /etc/docker/certs.d/${registry}; cat > /etc/docker/certs.d/${registry}/ca.crt`,
      authority.certificatePem,
    );
  }
  await asRoot(
    0,
    [
      "docker run --detach --pull=never --name hive-registry --publish 5000:5000",
      "--mount type=bind,source=/etc/hive/registry,target=/etc/hive-registry,readonly",
      `--mount type=volume,source=hive-registry,target=/var/lib/registry ${image.imageId}`,
    ].join(" "),
  );
  await asRoot(
    0,
    "for i in $(seq 100); do curl -sk -o /dev/null https://127.0.0.1:5000/v2/ && exit 0; sleep 0.2; done; docker logs hive-registry; exit 1",
  );
});

afterAll(async () => {
  await lab?.destroy();
  rmSync(folder, { recursive: true });
  process.stdout.write(`${timings.join("\n")}\n`);
});

describe("images from a folder to every server", () => {
  let greeting: string;
  let first: ImageBuildState;
  /** Another release, with a build secret. */
  let state: ImageBuildState;

  test("an image is built and pushed, and its digest is the registry's", async () => {
    greeting = context("greeting", {
      Dockerfile: 'FROM debian:trixie-slim\nCOPY greeting /greeting\nCMD ["cat", "/greeting"]\n',
      greeting: "hello",
    });
    first = await timed("small image built and pushed", () => build(pushed(greeting)));
    expect(first.reference).toBe(`${registry}/greeting@${first.digest}`);
    expect(first.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const { stdout } = await asRoot(
      0,
      `curl -s --cacert /etc/docker/certs.d/${registry}/ca.crt -u pull:$(cat) -I -H "Accept: application/vnd.docker.distribution.manifest.v2+json" https://${registry}/v2/greeting/manifests/${first.tag}`,
      pullAccount.password,
    );
    expect(stdout).toContain(first.digest);
  });

  test("the same content is adopted: nothing is built or pushed again", async () => {
    const before = await imageCount();
    const again = await timed("the same image adopted", () => build(pushed(greeting)));
    expect(again).toEqual(first);
    expect(await imageCount()).toBe(before);
  });

  test("a host that lost the image gets it from the registry, without a build", async () => {
    await asRoot(0, `docker image rm --force ${first.imageId}`);
    expect((await build(pushed(greeting))).imageId).toBe(first.imageId);
  });

  test("a refresh finds an image that the registry lost, and an update pushes it again", async () => {
    const intact = await imageBuildProvider.read!("id", first);
    expect(intact.inputs!.contextHash).toBe(first.contextHash);
    await asRoot(
      0,
      `curl -sf --cacert /etc/docker/certs.d/${registry}/ca.crt -u push:$(cat) -X DELETE https://${registry}/v2/greeting/manifests/${first.digest}`,
      pushAccount.password,
    );
    const seen = await imageBuildProvider.read!("id", first);
    expect(seen.inputs!.contextHash).toBe("(the registry does not have the image)");
    expect((await imageBuildProvider.diff!("id", seen.props!, pushed(greeting))).changes).not.toBe(
      false,
    );
    const mended = await imageBuildProvider.update!("id", seen.props!, pushed(greeting));
    expect(mended.outs).toEqual(first);
    expect((await imageBuildProvider.read!("id", first)).inputs!.contextHash).toBe(
      first.contextHash,
    );
  });

  test("a changed file gives another digest", async () => {
    writeFileSync(join(greeting, "greeting"), "good morning");
    const changed = await build(pushed(greeting));
    expect(changed.digest).not.toBe(first.digest);
    expect(changed.tag).not.toBe(first.tag);
    writeFileSync(join(greeting, "greeting"), "hello");
  });

  test("a failing step is named, with the end of its output, and nothing secret", async () => {
    const broken = context("broken", {
      Dockerfile: "FROM debian:trixie-slim\nRUN echo working; echo about to fail >&2; exit 7\n",
    });
    const message = await failureOf(build(pushed(broken)));
    expect(message).toContain('failed at "Step 2/');
    expect(message).toContain("| about to fail");
    expect(message).toContain("returned a non-zero code: 7");
    expect(message).toContain("img0.lab.example");
    expect(message).toContain("Nothing that runs was changed.");
    expect(message).not.toContain("planted");
  });

  describe("with a build secret and a target stage", () => {
    const secret = "planted-build-secret-77c2";
    const dockerfile = [
      "FROM debian:trixie-slim AS work",
      "ARG GREETING",
      "RUN --mount=type=secret,id=token wc -c < /run/secrets/token > /length && echo $GREETING > /greeting && sleep 2",
      "FROM work AS later",
      "RUN false",
      "",
    ].join("\n");
    let inputs: ImageBuildInputs;

    test("a step reads the secret, the build ends with the stage, and the second time adopts it", async () => {
      const folder = context("secret", { Dockerfile: dockerfile });
      inputs = pushed(folder, {
        target: "work",
        buildArguments: { GREETING: 'it\'s $HOME; "quoted"' },
        buildSecrets: { token: secret },
      });
      const printed = jest.spyOn(process.stdout, "write");
      // While the step sleeps, everything that others on the host can see.
      const watch = sleep(2500).then(() => asRoot(0, 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'));
      state = await timed("image built with BuildKit and pushed", () => build(inputs));
      const { stdout: processes } = await watch;
      const progress = printed.mock.calls.map(([text]) => String(text)).join("");
      printed.mockRestore();
      expect(processes).toContain("docker build --progress=plain");
      expect(processes).not.toContain("planted");
      expect(progress).toContain("hive: image greeting: [work 2/2] RUN --mount=type=secret");
      expect(progress).not.toContain("planted");
      const { stdout } = await asRoot(0, `docker run --rm ${state.imageId} cat /greeting /length`);
      expect(stdout).toBe(`it's $HOME; "quoted"\n${secret.length}\n`);
      expect(await build(inputs)).toEqual(state);
    });

    test("the secret is in no layer, history, log, cache or file", async () => {
      const places = [
        `docker history --no-trunc ${state.imageId}`,
        `docker inspect ${state.imageId}`,
        "journalctl --no-pager",
        "ls -A /dev/shm",
        `docker save ${state.imageId} | tar --extract --to-stdout`,
        "find / -xdev -type f -newer /etc/hive/registry/tls.crt -exec cat {} +",
        "find /var/lib/docker -type f -newer /etc/hive/registry/tls.crt -exec cat {} +",
      ];
      // The word is given on standard input, so that no process list or journal has it from here.
      const linesWith = async (word: string): Promise<number> => {
        const { stdout } = await asRoot(
          0,
          `read -r word; { ${places.join("; ")}; } 2>/dev/null | grep -c -a -F "$word" || true`,
          `${word}\n`,
        );
        return Number(stdout);
      };
      expect(await linesWith(secret)).toBe(0);
      // What the build argument left is found the same way.
      expect(await linesWith('"quoted"')).toBeGreaterThan(2);
    });

    test("a failing step shows its end without the secret, and leaves no file of it", async () => {
      const folder = context("secret-broken", {
        Dockerfile:
          'FROM debian:trixie-slim\nRUN --mount=type=secret,id=token cat /run/secrets/token; echo "no space left on device"; exit 3\n',
      });
      const message = await failureOf(build(pushed(folder, { buildSecrets: { token: secret } })));
      expect(message).toContain('on img0.lab.example failed at "[2/2] RUN --mount=type=secret');
      expect(message).toContain("exit code: 3");
      expect(message).toContain("The disk of img0.lab.example is full.");
      expect(message).toContain("[secret]");
      expect(message).not.toContain("planted");
      expect((await asRoot(0, "ls -A /dev/shm")).stdout).not.toContain("hive-build");
    });

    test("a build that is broken off leaves no file of the secret", async () => {
      const folder = context("secret-slow", {
        Dockerfile: "FROM debian:trixie-slim\nRUN --mount=type=secret,id=token sleep 20\n",
      });
      const stop = new AbortController();
      const name = `${registry}/greeting:slow`;
      const slow = buildWithBuildKit(
        lab.hosts[0]!,
        {
          contextFolder: folder,
          name,
          buildArguments: {},
          labels: {},
          noCache: false,
          secrets: { token: secret },
        },
        stop.signal,
      );
      const failure = failureOf(slow);
      await sleep(3000);
      expect((await asRoot(0, "ls -A /dev/shm")).stdout).toContain("hive-build");
      stop.abort(new Error("broken off"));
      expect(await failure).toContain("broken off");
      await sleep(1500);
      expect((await asRoot(0, "ls -A /dev/shm")).stdout).not.toContain("hive-build");
    });
  });

  describe("an update", () => {
    const stampOf = async (state: ImageBuildState): Promise<string> =>
      (await asRoot(0, `docker run --rm ${state.imageId} cat /stamp`)).stdout;

    test("builds without the builder's cache, once; what changes later may use it", async () => {
      const stamped = context("stamped", {
        Dockerfile:
          "FROM debian:trixie-slim\nRUN date +%s%N > /stamp\nARG NOTE\nRUN echo $NOTE > /note\n",
      });
      const before = await build(pushed(stamped, { buildArguments: { NOTE: "1" } }));
      const update = { updated: "2026-12-24T08:00:00Z" };
      const asked = pushed(stamped, { buildArguments: { NOTE: "1" }, ...update });
      const after = (await imageBuildProvider.update!("id", before, asked)).outs!;
      expect(after.digest).not.toBe(before.digest);
      expect(await stampOf(after)).not.toBe(await stampOf(before));

      const images = await imageCount();
      const again = (await imageBuildProvider.update!("id", after, { ...asked, revision: "2" }))
        .outs!;
      expect(again).toMatchObject({ digest: after.digest, reference: after.reference });
      expect(await imageCount()).toBe(images);

      const changed = pushed(stamped, { buildArguments: { NOTE: "2" }, ...update });
      const later = (await imageBuildProvider.update!("id", after, changed)).outs!;
      expect(later.digest).not.toBe(after.digest);
      expect(await stampOf(later)).toBe(await stampOf(after));
    });

    test("asks BuildKit for no cache too", async () => {
      const stamped = context("stamped-secret", {
        Dockerfile:
          "FROM debian:trixie-slim\nRUN --mount=type=secret,id=token date +%s%N > /stamp\n",
      });
      const secrets = { buildSecrets: { token: "planted-token" } };
      const before = await build(pushed(stamped, secrets));
      const asked = pushed(stamped, { ...secrets, updated: "2026-12-24" });
      const after = (await imageBuildProvider.update!("id", before, asked)).outs!;
      expect(await stampOf(after)).not.toBe(await stampOf(before));
    });

    test("gets the base image that this computer has by then, and pins it", async () => {
      const reference = `hive-update-test-${process.pid}:latest`;
      const importAs = async (content: string): Promise<void> => {
        const root = context(`root-${content}`, { content });
        await run("bash", ["-c", `tar -C ${root} -c . | docker import - ${reference}`]);
      };
      const inputs = {
        host: lab.hosts[0]!,
        incarnation: lab.instanceId(0),
        reference,
        seedFromLocalEngine: true,
        revision: "1",
      };
      try {
        await importAs("first");
        const first = (await baseImageProvider.create(inputs)).outs!;
        await importAs("second");
        // Without an update the stage stays with what it has.
        const kept = { ...inputs, revision: "2" };
        expect((await baseImageProvider.update!("id", first, kept)).outs).toMatchObject({
          imageId: first.imageId,
        });
        const update = { ...inputs, updated: "2026-12-24T08:00:00Z" };
        const second = (await baseImageProvider.update!("id", first, update)).outs!;
        expect(second.imageId).not.toBe(first.imageId);
        const { stdout } = await asRoot(0, `docker image inspect --format "{{.Id}}" ${reference}`);
        expect(stdout.trim()).toBe(second.imageId);
        expect((await baseImageProvider.diff!("id", second, update)).changes).toBe(false);
      } finally {
        await run("docker", ["image", "rm", "--force", reference]);
      }
    });
  });

  test("a full disk is recognised, and the host named", async () => {
    const full = context("full", {
      Dockerfile:
        'FROM debian:trixie-slim\nRUN echo "write error: No space left on device" >&2; exit 1\n',
    });
    expect(await failureOf(build(pushed(full)))).toContain(
      "The disk of img0.lab.example is full. Free space there",
    );
  });

  test("the pull account may not push, and a wrong password neither pushes nor pulls", async () => {
    const other = context("other", { Dockerfile: "FROM debian:trixie-slim\nLABEL other=1\n" });
    const refused = await failureOf(build(pushed(other, { registryAuth: pullAccount })));
    expect(refused).toMatch(
      /Pushing .*greeting:[0-9a-f]{12} failed: .*(unauthorized|authentication|denied|no basic auth)/i,
    );
    expect(refused).not.toContain("planted");
    const wrong = { username: "push", password: "planted-wrong-secret" };
    const rejected = await failureOf(build(pushed(other, { registryAuth: wrong })));
    expect(rejected).toMatch(/unauthorized|authentication|denied|no basic auth/i);
    expect(rejected).not.toContain("planted");
  });

  test("no layer, history or label of an image contains a password", async () => {
    const { stdout } = await asRoot(
      0,
      `docker history --no-trunc ${first.imageId}; docker inspect ${first.imageId}; docker save ${first.imageId} | grep -c -a -e planted-push-secret -e planted-pull-secret || true`,
    );
    expect(stdout).not.toContain("planted");
    expect(stdout.trim().split("\n").at(-1)).toBe("0");
  });

  describe("on the cluster's servers", () => {
    const spread = (change: Partial<ImagePullInputs> = {}): ImagePullInputs => ({
      hosts: lab.hosts,
      incarnations: [0, 1, 2].map((index) => lab.instanceId(index)),
      reference: first.reference,
      registryAuth: pullAccount,
      revision: "1",
      ...change,
    });

    test("all of them pull with the account that may only read, and adopt it the second time", async () => {
      const { outs } = await timed("pulled onto 3 servers", () =>
        imagePullProvider.create(spread()),
      );
      expect(outs!.missing).toEqual([]);
      const { stdout } = await asRoot(1, `docker run --rm ${first.reference}`);
      expect(stdout).toBe("hello");
      // Without an account: what is there is not pulled again.
      const { registryAuth, ...anonymous } = spread();
      expect(registryAuth).toEqual(pullAccount);
      expect((await imagePullProvider.create(anonymous)).outs!.missing).toEqual([]);
    });

    test("a refresh names the server that lost the image, and an update brings it back", async () => {
      const pulled = { ...spread(), resolved: first.reference, missing: [], earlier: [] };
      await asRoot(1, `docker image rm --force ${first.imageId}`);
      const seen = await imagePullProvider.read!("id", pulled);
      expect(seen.inputs!.incarnations[1]).toContain("(does not have the image)");
      expect(seen.inputs!.incarnations[0]).toBe(lab.instanceId(0));
      expect((await imagePullProvider.diff!("id", seen.props!, spread())).changes).not.toBe(false);
      await imagePullProvider.update!("id", seen.props!, spread());
      expect((await imagePullProvider.read!("id", pulled)).inputs).toEqual(spread());
    });

    test("a wrong password fails and names the servers", async () => {
      const missing = first.reference.replace(first.digest, `sha256:${"0".repeat(64)}`);
      const wrong = { username: "pull", password: "planted-wrong-secret" };
      const message = await failureOf(
        imagePullProvider.create(spread({ reference: missing, registryAuth: wrong })),
      );
      expect(message).toContain("could not be brought onto 3 of 3 hosts");
      expect(message).toContain("img2.lab.example: ");
      expect(message).not.toContain("planted");
    });

    test("one dead server is tolerated and remembered, and gets the image when it is back", async () => {
      await asRoot(2, `docker image rm --force ${first.imageId}`);
      await lab.kill(2);
      const { outs } = await timed("pull with one dead server", () =>
        imagePullProvider.create(spread()),
      );
      expect(outs!.missing).toEqual(["img2.lab.example"]);
      expect((await imagePullProvider.diff!("id", outs!, spread())).changes).toBe(true);
      await lab.start(2);
      // Names given by hand are gone with the restart.
      await asRoot(
        2,
        `grep -q registry.lab.example /etc/hosts || echo "${lab.address(0)} registry.lab.example" >> /etc/hosts`,
      );
      // The engine reads that file anew after five seconds at the latest.
      await sleep(6000);
      const mended = await imagePullProvider.update!("id", outs!, spread());
      expect(mended.outs!.missing).toEqual([]);
      expect((await imagePullProvider.diff!("id", mended.outs!, spread())).changes).toBe(false);
    });

    test("a tag is what it was at first on every server, whatever it means later", async () => {
      const tag = `${registry}/moving:1`;
      const point = (reference: string): Promise<unknown> =>
        asRoot(
          0,
          `docker pull --quiet ${reference}; docker tag ${reference} ${tag}; docker login --username push --password-stdin ${registry} && docker push --quiet ${tag}; docker image rm ${tag}; docker logout ${registry}`,
          pushAccount.password,
        );
      await point(first.reference);
      const inputs = spread({ reference: tag });
      const { outs } = await imagePullProvider.create(inputs);
      expect(outs!.resolved).toBe(`${registry}/moving@${first.digest}`);
      await point(state.reference);
      expect((await imagePullProvider.diff!("id", outs!, inputs)).changes).toBe(false);
      await asRoot(1, `docker image rm ${outs!.resolved}`);
      const seen = await imagePullProvider.read!("id", outs);
      const mended = await imagePullProvider.update!("id", seen.props!, inputs);
      expect(mended.outs).toEqual(outs);
      expect((await asRoot(1, `docker image inspect ${outs!.resolved}`)).stdout).toContain(
        first.imageId,
      );
      await imagePullProvider.delete!("id", outs!);
    });

    test("a build of the stage that becomes a pin and back keeps every release in the registry", async () => {
      const pinned = await imageBuildProvider.update!("id", state, {
        ...pushed(greeting),
        pullFrom: first.reference,
      });
      expect(pinned.outs).toMatchObject({ reference: first.reference, digest: first.digest });
      const { outs } = await imagePullProvider.create(spread());
      expect(outs!.missing).toEqual([]);
      const back = await imageBuildProvider.update!("id", pinned.outs!, pushed(greeting));
      expect(back.outs!.reference).toBe(first.reference);
      const tags = back.outs!.releases.map(({ tag }) => tag);
      expect(tags).toEqual([first.tag, state.tag]);
    });

    describe("while the build server is away", () => {
      /** What the registry's host is for a moment: nobody answers on its port. */
      const away = (): HostAccess => ({ ...lab.hosts[0]!, port: 9 });
      const others = (): HostAccess[] => lab.hosts.slice(1);
      let local: ImageBuildState;
      let inputs: ImageBuildInputs;
      /** Waits until the service runs on both servers; gives image and state of its tasks. */
      const tasks = async (image: string): Promise<string> => {
        const list = `docker service ps --no-trunc --filter desired-state=running --format "{{.Image}} {{.CurrentState}}" web`;
        const { stdout } = await asRoot(
          1,
          `for i in $(seq 60); do [ $(${list} | grep -c "${image} Running") = 2 ] && break; sleep 0.5; done; ${list}`,
        );
        return stdout;
      };

      test("another server builds, the image goes from server to server, and a service runs it", async () => {
        const folder = context("meanwhile", {
          Dockerfile: "FROM debian:trixie-slim\nRUN echo meanwhile > /greeting\nCMD sleep 1000\n",
        });
        inputs = {
          ...pushed(folder),
          repository: `${registry}/meanwhile`,
          host: away(),
          fallbackHosts: others(),
          baseImage: { reference: "debian:trixie-slim", seedFromLocalEngine: true },
        };
        local = await timed("small image built on another server", () => build(inputs));
        expect(local).toMatchObject({ pushed: false, builtOn: "img1.lab.example" });
        expect(local.reference).toBe(local.imageId);
        const { outs } = await timed("copied from server to server", () =>
          imagePullProvider.create(spread({ hosts: others(), reference: local.reference })),
        );
        expect(outs!.missing).toEqual([]);
        const token = await asRoot(
          1,
          `docker swarm init --advertise-addr ${lab.address(1)} > /dev/null; docker swarm join-token --quiet worker; docker service create --quiet --detach --name web --mode global --no-resolve-image ${local.reference} > /dev/null`,
        );
        await asRoot(2, `docker swarm join --token ${token.stdout.trim()} ${lab.address(1)}:2377`);
        const running = await tasks(local.reference);
        expect(running.match(new RegExp(`${local.reference} Running`, "g"))).toHaveLength(2);
      });

      test("the next run brings the very same image into the registry, and services get its digest", async () => {
        expect((await imageBuildProvider.diff!("id", local, inputs)).changes).toBe(true);
        const present = { ...inputs, host: lab.hosts[0]! };
        const mended = (await imageBuildProvider.update!("id", local, present)).outs!;
        expect(mended).toMatchObject({ pushed: true, builtOn: "", imageId: local.imageId });
        expect(mended.reference).toMatch(/\/meanwhile@sha256:/);
        const before = { ...spread({ hosts: others(), reference: local.reference }) };
        const held = { ...before, resolved: local.reference, missing: [], earlier: ["x"] };
        const { outs } = await imagePullProvider.update!("id", held, {
          ...before,
          reference: mended.reference,
        });
        expect(outs).toMatchObject({ resolved: mended.reference, earlier: ["x"] });
        await asRoot(
          1,
          `docker service update --quiet --detach --no-resolve-image --image ${mended.reference} web`,
        );
        expect((await tasks(mended.reference)).match(/@sha256:\S+ Running/g)).toHaveLength(2);
      });

      describe("old releases go", () => {
        let latest: ImageBuildState;
        let held: ImagePullState;
        let used: string;
        const repository = (): string => `${registry}/meanwhile`;
        /** A release that comes to registry and servers, and is not rolled out. */
        const release = async (change: Partial<ImageBuildInputs>): Promise<void> => {
          const next = {
            ...pushed(join(folder, "meanwhile")),
            repository: repository(),
            managers: others(),
            ...change,
          };
          latest = (await imageBuildProvider.update!("id", latest, next)).outs!;
          const image = spread({
            hosts: others(),
            reference: latest.reference,
            managers: others(),
          });
          held = (await imagePullProvider.update!("id", held, image)).outs!;
        };
        const buildNumber = async (number: number): Promise<string> => {
          const dockerfile = `FROM debian:trixie-slim\nLABEL n=${number}\nCMD sleep 1000\n`;
          writeFileSync(join(folder, "meanwhile", "Dockerfile"), dockerfile);
          await release({ contextHash: hashBuildContext(join(folder, "meanwhile")) });
          return latest.digest;
        };
        /** Digests of the images of the repository on a server. */
        const onServer = async (index: number): Promise<string[]> => {
          const { stdout } = await asRoot(
            index,
            `docker image ls --digests --format "{{.Repository}} {{.Digest}}" | grep "^${repository()} sha256" | cut -d " " -f 2 | sort --unique`,
          );
          return stdout.trim().split("\n");
        };
        /** Which releases the registry has, newest first. */
        const inRegistry = async (): Promise<boolean[]> => {
          const found: boolean[] = [];
          for (const { digest } of latest.releases) {
            const { stdout } = await asRoot(
              0,
              `curl -s -o /dev/null -w "%{http_code}" --cacert /etc/docker/certs.d/${registry}/ca.crt -u pull:$(cat) -I -H "Accept: application/vnd.docker.distribution.manifest.v2+json" https://${registry}/v2/meanwhile/manifests/${digest}`,
              pullAccount.password,
            );
            found.push(stdout === "200");
          }
          return found;
        };
        /**
         * Has the service run on one server only, an image that it will not be rolled back from;
         * the others keep no container of it.
         */
        const runOnly = async (image: string): Promise<void> => {
          for (const option of ["--label-add a=1", "--label-add a=2"])
            await asRoot(
              1,
              `docker service update --quiet --detach --no-resolve-image --image ${image} --constraint-add node.hostname==$(hostname) ${option} --stop-grace-period 0s web`,
            );
          await asRoot(
            1,
            `for i in $(seq 100); do docker ps --no-trunc --format "{{.Image}}" | grep -q "${image}" && docker container prune --force && exit 0; sleep 0.2; done; docker service ps --no-trunc web; exit 1`,
          );
          await asRoot(
            2,
            `for i in $(seq 100); do [ -z "$(docker ps --quiet)" ] && docker container prune --force && exit 0; sleep 0.2; done; exit 1`,
          );
        };

        beforeAll(async () => {
          const host = lab.hosts[0]!;
          latest = (await imageBuildProvider.update!("id", local, { ...inputs, host })).outs!;
          used = latest.digest;
          const image = spread({ hosts: others(), reference: latest.reference });
          held = (await imagePullProvider.create(image)).outs!;
          await runOnly(latest.reference);
        });

        test("from registry and servers, and never one that a service runs, also where it has no container", async () => {
          const digests: string[] = [];
          for (const number of [1, 2, 3, 4]) {
            digests.push(await buildNumber(number));
            for (const index of [1, 2]) expect(await onServer(index)).toContain(used);
          }
          expect(latest.releases.map(({ digest }) => digest)).toEqual([
            ...digests.toReversed(),
            used,
          ]);
          expect(latest.releases.map(({ kept }) => kept)).toEqual([true, true, true, false, true]);
          expect(await inRegistry()).toEqual([true, true, true, false, true]);
          for (const index of [1, 2])
            expect(await onServer(index)).toEqual([used, ...digests.slice(2)].sort());
          const onHost = await asRoot(0, `docker images --quiet ${repository()}`);
          expect(onHost.stdout.trim().split("\n")).toHaveLength(4);
        });

        test("when a service runs another one; the one before it stays", async () => {
          const [fourth] = latest.releases;
          await runOnly(latest.reference);
          const fifth = await buildNumber(5);
          expect(latest.releases.map(({ kept }) => kept)).toEqual([true, true, true, false, false]);
          expect(await inRegistry()).toEqual([true, true, true, false, false]);
          for (const index of [1, 2])
            expect(await onServer(index)).toEqual([fourth!.digest, fifth].sort());
        });

        test("a promoted image is a release like these, and one that never came is refused", async () => {
          const name = `${repository()}:promoted`;
          await asRoot(
            0,
            `docker pull --quiet ${first.reference}; docker tag ${first.reference} ${name}; docker login --username push --password-stdin ${registry} && docker push --quiet ${name}; docker image rm ${name}; docker logout ${registry}`,
            pushAccount.password,
          );
          const before = latest.releases;
          await release({ pullFrom: `${repository()}@${first.digest}` });
          expect(latest.releases[0]).toMatchObject({ digest: first.digest, kept: true });
          // The newest three, and what a service could be rolled back to from what it runs.
          expect(latest.releases.slice(1, 4)).toEqual(before.slice(0, 3));
          expect((await inRegistry()).slice(0, 4)).toEqual([true, true, true, true]);
          for (const index of [1, 2])
            expect(await onServer(index)).toEqual(
              [first, ...before.slice(0, 2)].map(({ digest }) => digest).sort(),
            );
          const never = `${repository()}@sha256:${"0".repeat(64)}`;
          const message = await failureOf(release({ pullFrom: never }));
          expect(message).toContain(`meanwhile is pinned to sha256:${"0".repeat(64)}, which`);
          expect(message).toContain("npx hive promote meanwhile");
        });
      });
    });

    test("deleting removes the image from the servers and the registry, twice, also with a dead server", async () => {
      const pulled = { ...spread(), resolved: first.reference, missing: [], earlier: [] };
      await imagePullProvider.delete!("id", pulled);
      await lab.kill(1);
      await imagePullProvider.delete!("id", pulled);
      await imageBuildProvider.delete!("id", first);
      await imageBuildProvider.delete!("id", first);
      const { stdout } = await asRoot(
        0,
        `docker images --quiet --filter reference=${registry}/greeting; curl -s -o /dev/null -w "%{http_code}" --cacert /etc/docker/certs.d/${registry}/ca.crt -u pull:$(cat) https://${registry}/v2/greeting/manifests/${first.digest}`,
        pullAccount.password,
      );
      expect(stdout.trim()).toBe("404");
    });
  });
});
