import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RegistryAccount } from "../../../cli/promotion/accounts";
import { confirmCopy, copyImage, planCopy } from "../../../cli/promotion/copy-image";
import type { promote as promoteCommand } from "../../../cli/commands/promote";
import { createAuthority, signCertificate } from "../../../providers/certificate/client";
import { putManifest, removeManifest, type Repository } from "../../../providers/registry/client";
import { runChecked } from "../../../providers/transport/command";
import { sleep } from "../../../providers/transport/deadline";
import { withEngine } from "../../../providers/transport/engine";
import { buildLocally } from "../images/local-image";
import { type Lab, startLab } from "../lab";

jest.setTimeout(300_000);

const folder = mkdtempSync(join(tmpdir(), "hive-promote-"));
const stages = ["staging", "production"] as const;
const registries = stages.map((stage) => `registry.${stage}.example:5000`);
const passwords = ["one-push", "one-pull", "two-push", "two-pull"].map(
  (w) => `planted-${w}-7e41c9`,
);
const [push0, pull0, push1, pull1] = passwords as [string, string, string, string];

// The engine and the site are stand-ins; servers, registries, SSH and curl are real.
const mockFolder = folder;
const mockStacks: Record<string, unknown> = {};
jest.mock("../../../cli/pulumi/open-stack", () => ({
  openStack: (stage: string) => Promise.resolve(mockStacks[stage]),
}));
jest.mock("../../../cli/plan", () => ({
  loadPlan: (stage: string) => ({
    stage,
    siteName: "lab.example",
    images: [{ name: "web" }],
    services: [{ name: "shop", image: { kind: "build", image: "web" } }],
  }),
}));
jest.mock("../../../cli/project", () => ({
  ...jest.requireActual<object>("../../../cli/project"),
  projectFolder: mockFolder,
  stageFilePath: (stage: string) => `${mockFolder}/Pulumi.${stage}.yaml`,
}));

let lab: Lab;
let digest: string;
let olderDigest: string;

const asRoot = async (index: number, script: string, stdin = ""): Promise<string> =>
  (
    await runChecked(lab.hosts[index]!, `sudo -n bash -c '${script}'`, {
      stdin,
      deadlineSeconds: 120,
    })
  ).stdout;
const repository = (index: number, username: RegistryAccount["username"]) =>
  ({
    host: lab.hosts[index]!,
    registry: registries[index]!,
    name: "web",
    account: {
      username,
      password: [
        [push0, pull0],
        [push1, pull1],
      ][index]![username === "push" ? 0 : 1]!,
    },
  }) satisfies Repository;
/** Names are given at each start: the engine writes /etc/hosts of a container anew. */
const nameRegistry = (index: number): Promise<string> =>
  asRoot(index, `echo "127.0.0.1 registry.${stages[index]!}.example" >> /etc/hosts`);
const waitForRegistry = (index: number): Promise<string> =>
  asRoot(
    index,
    "for i in $(seq 150); do curl -sk -o /dev/null https://127.0.0.1:5000/v2/ && exit 0; sleep 0.2; done; docker logs hive-registry; exit 1",
  );
/** Uploads that a registry holds unfinished. */
const unfinished = (index: number): Promise<string> =>
  asRoot(
    index,
    'shopt -s nullglob; cd /var/lib/docker/volumes/hive-registry/_data/; find . -path "*/_uploads/*" -name data',
  );
const blobFile = (blob: string): string =>
  `/var/lib/docker/volumes/hive-registry/_data/docker/registry/v2/blobs/sha256/${blob.slice(7, 9)}/${blob.slice(7)}/data`;
/** Keeps the event loop busy for a moment: a link that is slow enough to look at what goes on. */
const dawdle = (milliseconds: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

async function loadImage(index: number, image: string): Promise<void> {
  const saving = spawn("docker", ["save", image], { stdio: ["ignore", "pipe", "inherit"] });
  await withEngine(
    lab.hosts[index]!,
    async (docker) => {
      const answer = await docker.loadImage(saving.stdout);
      for await (const chunk of answer as AsyncIterable<unknown>) void chunk;
    },
    { deadlineSeconds: 200 },
  );
}

async function startRegistry(index: number, image: string): Promise<void> {
  const name = `registry.${stages[index]!}.example`;
  const authority = await createAuthority(`authority of ${stages[index]!}`, 5, {
    permittedDomains: [`${stages[index]!}.example`],
    permittedNetworks: ["127.0.0.0/8"],
  });
  const certificate = await signCertificate(
    authority,
    { commonName: name, dnsNames: [name], ipAddresses: [] },
    2,
  );
  await asRoot(index, "install -d -m 0700 /etc/hive/registry");
  const write = (file: string, content: string): Promise<string> =>
    asRoot(index, `umask 077; cat > /etc/hive/registry/${file}`, content);
  await write("tls.crt", certificate.certificatePem);
  await write("tls.key", certificate.privateKeyPem);
  for (const user of ["push", "pull"] as const) {
    const program = "print crypt($ENV{WORD}, q{$2y$06$abcdefghijklmnopqrstuu})";
    const hash = execFileSync("perl", ["-e", program], {
      env: { ...process.env, WORD: repository(index, user).account.password },
      encoding: "utf8",
    });
    await write(`${user}.htpasswd`, `${user}:${hash}\n`);
  }
  await nameRegistry(index);
  await asRoot(
    index,
    `install -d /etc/docker/certs.d/${registries[index]!}; cat > /etc/docker/certs.d/${registries[index]!}/ca.crt`,
    authority.certificatePem,
  );
  await loadImage(index, image);
  await asRoot(
    index,
    `docker run --detach --pull=never --restart=always --name hive-registry --publish 5000:5000 --mount type=bind,source=/etc/hive/registry,target=/etc/hive-registry,readonly --mount type=volume,source=hive-registry,target=/var/lib/registry ${image}`,
  );
  await waitForRegistry(index);
}

/**
 * Builds an image of two layers of which one is large, and pushes it into the registry of staging.
 */
async function pushImage(text: string): Promise<string> {
  const reference = `${registries[0]!}/web`;
  await asRoot(
    0,
    `set -e; d=$(mktemp -d); cd $d; head -c 40000000 /dev/urandom > large; echo ${text} > small; printf "FROM scratch\\nCOPY large /\\nCOPY small /\\nCMD [\\"/small\\"]\\n" > Dockerfile; docker build --quiet --tag ${reference}:${text} . ; rm -r $d`,
  );
  return await withEngine(
    lab.hosts[0]!,
    async (docker) => {
      const image = docker.getImage(`${reference}:${text}`);
      const { username, password } = repository(0, "push").account;
      const stream = await image.push({
        authconfig: { username, password, serveraddress: registries[0]! },
      });
      for await (const chunk of stream as AsyncIterable<unknown>) void chunk;
      return (await image.inspect()).RepoDigests[0]!.split("@")[1]!;
    },
    { deadlineSeconds: 120 },
  );
}

/**
 * A service of staging; the programs of the server stand in for those that the image does not have.
 */
async function startService(image: string): Promise<void> {
  const folders = ["/usr", "/lib", "/lib64"].map(
    (folder) => `--mount type=bind,readonly,source=${folder},target=${folder}`,
  );
  await asRoot(
    0,
    `docker swarm init --advertise-addr ${lab.hosts[0]!.address} > /dev/null; docker service create --quiet --detach --no-resolve-image --name shop --update-monitor 1s --stop-signal SIGKILL ${folders.join(" ")} ${image} /usr/bin/sleep 1000 > /dev/null`,
  );
}
/** Has the service run an image, and waits until the change is over. */
async function runInService(image: string): Promise<void> {
  await asRoot(
    0,
    `docker service update --quiet --detach --no-resolve-image --image ${image} shop > /dev/null; for i in $(seq 150); do [[ $(docker service inspect --format "{{.UpdateStatus.State}}" shop) == completed ]] && exit 0; sleep 0.2; done; docker service ps --no-trunc shop; exit 1`,
  );
}

function standInStack(index: number): unknown {
  const stage = stages[index]!;
  const host = lab.hosts[index]!;
  const reference = (of: string): string => `${registries[index]!}/web@${of}`;
  const release = (of: string, tag: string): object => ({
    tag,
    digest: of,
    reference: reference(of),
    kept: true,
  });
  const account = (user: RegistryAccount["username"]): object => ({
    type: "random:index/randomPassword:RandomPassword",
    urn: `urn:pulumi:${stage}::hive::hive:Site$random:index/randomPassword:RandomPassword::repository-registry-${user}-password`,
    id: "none",
    outputs: {
      result: { plaintext: JSON.stringify(repository(index, user).account.password) },
    },
  });
  return {
    stage,
    isLocal: false,
    exists: () => Promise.resolve(true),
    state: () => Promise.resolve({ resources: [], pending: [] }),
    outputs: () =>
      Promise.resolve({
        stage,
        site: "lab.example",
        hosts: [
          {
            name: host.name,
            role: "repository",
            zone: "a",
            privateAddress: host.address,
            publicAddress: host.address,
          },
        ].flatMap((server) => [server, { ...server, role: "cluster" }]),
        services:
          index === 0
            ? { shop: { image: reference(digest), endpoints: [], movingEndpoints: [] } }
            : {},
        images:
          index === 0
            ? {
                web: {
                  reference: reference(digest),
                  releases: [release(digest, "newer"), release(olderDigest, "older")],
                },
              }
            : {},
        registry: { address: registries[index]! },
        access: [host],
      }),
    pulumi: {
      project: folder,
      ask: () =>
        Promise.resolve({
          code: 0,
          stderr: "",
          stdout: JSON.stringify({ deployment: { resources: [account("push"), account("pull")] } }),
        }),
    },
  };
}

/** Runs the command; everything that it prints is kept. */
async function promoteAndListen(
  options: Partial<Parameters<typeof promoteCommand>[0]> = {},
): Promise<{ text: string; error: string }> {
  const { promote } = require("../../../cli/commands/promote") as {
    promote: typeof promoteCommand;
  };
  let text = "";
  const spy = jest
    .spyOn(process.stdout, "write")
    .mockImplementation((chunk) => ((text += String(chunk)), dawdle(1), true));
  try {
    await promote({ image: "shop", from: "staging", to: "production", yes: true, ...options });
    return { text, error: "" };
  } catch (error) {
    return { text, error: String(error) };
  } finally {
    spy.mockRestore();
  }
}

beforeAll(async () => {
  for (const stage of stages)
    writeFileSync(join(folder, `Pulumi.${stage}.yaml`), "config:\n  hive:site: lab.example\n");
  const image = await buildLocally("platform/images/registry");
  lab = await startLab({ servers: 2, prefix: "pro" });
  await Promise.all([startRegistry(0, image), startRegistry(1, image)]);
  olderDigest = await pushImage("older");
  digest = await pushImage("newer");
  for (const [index, stage] of stages.entries()) mockStacks[stage] = standInStack(index);
  await startService(`${registries[0]!}/web@${olderDigest}`);
});
afterAll(async () => {
  await lab?.destroy();
  rmSync(folder, { recursive: true });
});

describe("hive promote", () => {
  test("what the stage deployed, but does not run, is refused, and nothing is changed", async () => {
    const { error, text } = await promoteAndListen();
    expect(error).toContain(`web ${digest.slice(7, 19)} is not proven on the stage staging:`);
    expect(error).toContain(
      `shop runs web@${olderDigest.slice(7, 19)}, but the last complete run deployed web@${digest.slice(7, 19)}`,
    );
    expect(error).toContain("npx hive status --stack staging");
    expect(text).toBe("");
    const { missing } = await planCopy(repository(0, "pull"), repository(1, "push"), digest);
    expect(missing.manifests).toHaveLength(1);
    expect(readFileSync(join(folder, "Pulumi.production.yaml"), "utf8")).not.toContain("pins");
  });

  test.each([{ from: "stagin" }, { to: "staging" }, { image: "mail" }])(
    "%j is refused with what there is",
    async (wrong) => {
      const { error } = await promoteAndListen(wrong);
      expect(error).toMatch(/--stack staging|name two different stages|It builds: web\./);
    },
  );

  test("a beginning of no digest names the candidates, and nothing is changed", async () => {
    const { error } = await promoteAndListen({ digest: "zzz" });
    expect(error).toContain("has no kept release that begins with zzz");
    expect(error).toContain(digest.slice(7, 19));
    expect(error).toContain(olderDigest.slice(7, 19));
    expect(readFileSync(join(folder, "Pulumi.production.yaml"), "utf8")).not.toContain("pins");
  });

  test("a source that loses its power in the middle leaves nothing half, and the next run completes it", async () => {
    const [source, target] = [repository(0, "pull"), repository(1, "push")];
    const { missing, parts } = await planCopy(source, target, olderDigest);
    expect(missing.blobs).toHaveLength(3);
    const large = parts.blobs.find(({ size }) => size > 30_000_000)!;
    let killed: Promise<void> | undefined;
    let last = 0;
    const failure = await copyImage(source, target, missing, ({ blob, copied }) => {
      if (blob.digest !== large.digest) return;
      last = copied;
      dawdle(2);
      if (copied > 1_000_000) killed ??= lab.kill(0);
    }).then(
      () => "none",
      (error: unknown) => String(error),
    );
    await killed;
    expect(last).toBeLessThan(large.size);
    expect(failure).toContain(lab.hosts[0]!.name);
    expect(failure).not.toContain("planted");
    expect(await unfinished(1)).toBe("");
    await lab.start(0);
    await nameRegistry(0);
    await waitForRegistry(0);
    const again = await planCopy(source, target, olderDigest);
    expect(again.missing.blobs).toContainEqual(large);
    expect(again.missing.manifests).toHaveLength(1);
    await copyImage(source, target, again.missing, () => undefined);
    expect((await planCopy(source, target, olderDigest)).missing).toEqual({
      blobs: [],
      manifests: [],
    });
  });

  test("a blob that is damaged in the source is not taken", async () => {
    const [source, target] = [repository(0, "pull"), repository(1, "push")];
    const { missing, parts } = await planCopy(source, target, digest);
    const large = parts.blobs.find(({ size }) => size > 30_000_000)!;
    const file = blobFile(large.digest);
    await asRoot(0, `cp -p ${file} /root/whole; truncate --size=20000000 ${file}`);
    try {
      await expect(copyImage(source, target, missing, () => undefined)).rejects.toThrow(
        `sent wrong content for ${large.digest} (20000000 of ${large.size} bytes)`,
      );
    } finally {
      // The registry remembers sizes.
      await asRoot(0, `cp -p /root/whole ${file}; docker restart hive-registry`);
      await waitForRegistry(0);
    }
    expect(await unfinished(1)).toBe("");
    const again = await planCopy(source, target, digest);
    expect(again.missing.blobs).toContainEqual(large);
    expect(again.missing.manifests).toHaveLength(1);
  });

  test("copies what the stage uses, pins it, and shows no password anywhere meanwhile", async () => {
    await runInService(`${registries[0]!}/web@${digest}`);
    const watch = (index: number): Promise<string> =>
      asRoot(
        index,
        'read -r p; leak=no; seen=no; for i in $(seq 600); do all=$(cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2> /dev/null | tr "\\0" "\\n"); [[ $all == *"$p"* ]] && leak=yes; [[ $all == *curl*--config*/dev/fd/*--uploa[d]-file* || $all == *--fai[l]*--config* ]] && seen=yes; [[ -e /tmp/promoted ]] && break; sleep 0.02; done; grep -rlF -f <(echo "$p") /dev/shm /tmp 2> /dev/null && leak=file; echo "$leak $seen"',
        "planted-\n",
      );
    const watching = [watch(0), watch(1)];
    await sleep(500);
    const { text, error } = await promoteAndListen();
    await Promise.all([asRoot(0, "touch /tmp/promoted"), asRoot(1, "touch /tmp/promoted")]);
    expect(error).toBe("");
    expect(await Promise.all(watching)).toEqual(["no yes\n", "no yes\n"]);
    expect(text).toMatch(/proven by +shop: 1 of 1 tasks run/);
    expect(text).toMatch(/there already +\d of 3 blobs/);
    expect(text).toMatch(/blob 1 of \d {2}[0-9a-f]{12}/);
    expect(text).toContain("npx hive deploy shop --stack production");
    expect(text).not.toContain("planted");
    expect(readFileSync(join(folder, "Pulumi.production.yaml"), "utf8")).toContain(
      `  hive:pins:\n    web: ${digest}\n`,
    );
    for (const index of [0, 1])
      expect(await asRoot(index, "docker logs hive-registry 2>&1")).not.toContain("planted");
  });

  test("freeing the registry's disk takes nothing of what is promoted and not yet rolled out", async () => {
    const target = repository(1, "push");
    const { parts } = await planCopy(repository(0, "pull"), target, olderDigest);
    const large = parts.blobs.find(({ size }) => size > 30_000_000)!;
    expect(await removeManifest(target, olderDigest)).toBe(true);
    await asRoot(
      1,
      "docker stop hive-registry; docker run --rm --pull=never --volumes-from hive-registry $(docker inspect --format {{.Image}} hive-registry) hive-registry-collect; docker start hive-registry",
    );
    await waitForRegistry(1);
    expect(await asRoot(1, `test -e ${blobFile(large.digest)} || echo gone`)).toBe("gone\n");
    await confirmCopy(target, digest);
    await expect(confirmCopy(target, olderDigest)).rejects.toThrow("no longer has");
  });

  test("the other stage pulls it by the same digest", async () => {
    const { username, password } = repository(1, "pull").account;
    const reference = `${registries[1]!}/web@${digest}`;
    const idOnSource = await withEngine(
      lab.hosts[0]!,
      async (docker) => (await docker.getImage(`${registries[0]!}/web:newer`).inspect()).Id,
    );
    const pulled = await withEngine(
      lab.hosts[1]!,
      async (docker) => {
        const stream = await docker.pull(reference, {
          authconfig: { username, password, serveraddress: registries[1]! },
        });
        for await (const chunk of stream as AsyncIterable<unknown>) void chunk;
        return await docker.getImage(reference).inspect();
      },
      { deadlineSeconds: 120 },
    );
    expect(pulled.Id).toBe(idOnSource);
    expect(pulled.RepoDigests).toEqual([reference]);
  });

  test("a second run copies nothing and changes nothing", async () => {
    const before = readFileSync(join(folder, "Pulumi.production.yaml"), "utf8");
    const { text, error } = await promoteAndListen();
    expect(error).toBe("");
    expect(text).toContain("There is nothing to do.");
    expect(text).not.toContain("blob 1 of");
    expect(readFileSync(join(folder, "Pulumi.production.yaml"), "utf8")).toBe(before);
  });

  test("a manifest list is copied with what it lists", async () => {
    const mediaType = "application/vnd.docker.distribution.manifest.list.v2+json";
    const { parts } = await planCopy(repository(0, "pull"), repository(1, "push"), olderDigest);
    const [child] = parts.manifests;
    const text = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      manifests: [
        {
          mediaType: child!.mediaType,
          digest: olderDigest,
          size: child!.text.length,
          platform: { architecture: "amd64", os: "linux" },
        },
      ],
    });
    const list = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    await putManifest(repository(0, "push"), list, { text, mediaType });
    // Into a repository that has none of it yet.
    const target = { ...repository(1, "push"), name: "web-list" };
    const copy = await planCopy(repository(0, "pull"), target, list);
    expect(copy.missing.manifests.map((manifest) => manifest.digest)).toEqual([olderDigest, list]);
    await copyImage(repository(0, "pull"), target, copy.missing, () => undefined);
    const again = await planCopy(repository(0, "pull"), target, list);
    expect(again.missing).toEqual({ blobs: [], manifests: [] });
  });

  test("an account that is not accepted is told by its name", async () => {
    const wrong = {
      ...repository(1, "push"),
      account: { username: "push", password: "planted-wrong" },
    };
    const failure = await planCopy(repository(0, "pull"), wrong, digest).catch(String);
    expect(failure).toContain(`${registries[1]!} refused`);
    expect(failure).toContain("does not accept the account push");
    expect(failure).not.toContain("planted");
  });
});
