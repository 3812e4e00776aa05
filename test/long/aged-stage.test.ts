/**
 * A stage that grows old: servers of Debian 12, which are moved to the system that the project has
 * now, new keys, and updates. Its servers are reached through ports of this computer, as in
 * `test/e2e/loopback.test.ts`.
 */
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { UpdateCheck } from "../../cli/update/check-text";
import { sharesTheComputer } from "../e2e/computer";
import { LoopbackStage } from "../e2e/loopback-stage";
import { docker, eventually, type Finished } from "../e2e/test-stage";

jest.setTimeout(20 * 60_000);

const serverImage = "platform/images/host/Dockerfile";
/**
 * Turns the server image into one of Debian 12, whose `docker.io` has the command and BuildKit in
 * it.
 */
const debian12 = [
  ["FROM debian:trixie-slim", "FROM debian:bookworm-slim"],
  [" docker-cli docker-buildx", ""],
] as const;
const stage = new LoopbackStage("aged", "172.29.120.0/24", 20_000);
const { server, page } = stage;

const release = (index: number): string =>
  docker("exec", server(index), "sh", "-c", ". /etc/os-release; echo $VERSION_ID");

/** Runs a command in the only task of the service ledger, wherever it runs. */
function inLedger(command: string): string | undefined {
  for (const index of [0, 1, 2]) {
    const found = docker(
      ...["exec", server(index), "docker", "ps", "--quiet"],
      ...["--filter", "label=com.docker.swarm.service.name=ledger"],
    );
    if (found !== "")
      return docker("exec", server(index), "docker", "exec", found, "sh", "-c", command);
  }
  return undefined;
}

/** Looks at the servers again and again until it is told to stop; what it saw at worst. */
async function watchServers(isOver: () => boolean): Promise<{ running: number; serving: number }> {
  const worst = { running: 3, serving: 3 };
  while (!isOver()) {
    const names = docker("ps", "--format", "{{.Names}}").split("\n");
    const running = [0, 1, 2].filter((index) => names.includes(server(index))).length;
    const pages = await Promise.all([0, 1, 2].map(page));
    const serving = pages.filter((answer) => answer?.status === 200).length;
    worst.running = Math.min(worst.running, running);
    worst.serving = Math.min(worst.serving, serving);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return worst;
}

/**
 * What another manager says of a server: `reachable` or `unreachable`; undefined while it does not
 * know who leads.
 */
function reachability(index: number): string | undefined {
  const template = "{{.ManagerStatus.Reachability}}";
  const inspect = ["docker", "node", "inspect", server(index), "--format", template];
  try {
    return docker("exec", server(0), ...inspect);
  } catch {
    return undefined;
  }
}

beforeAll(() => {
  for (const [from, to] of debian12) stage.edit(serverImage, from, to);
});

sharesTheComputer();

afterAll(async () => {
  const run = await stage.hive(["destroy", "--yes"]);
  stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

it("comes up", async () => {
  const run = await stage.hive(["up", "--yes"], { deadlineSeconds: 900 });
  expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
  await stage.pages();
});

describe("a stage whose servers are Debian 12", () => {
  it("is not moved while one of them does not run: the run says what to do, and touches nothing", async () => {
    expect([0, 1, 2, 3].map(release)).toEqual(["12", "12", "12", "12"]);
    await eventually(30, () => inLedger("echo kept > /ledger/page && echo written"));
    for (const [from, to] of [...debian12].reverse()) {
      stage.edit(serverImage, to === "" ? "docker.io" : to, to === "" ? `docker.io${from}` : from);
    }
    docker("stop", "--time", "20", server(1));
    const refused = await stage.hive(["up", "--yes"]);
    docker("start", server(1));
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(`docker start ${server(1)}`);
    expect([0, 1, 2, 3].map(release)).toEqual(["12", "12", "12", "12"]);
    await eventually(60, async () => ((await page(1))?.status === 200 ? true : undefined));
  });

  it("is not moved while one of them runs and takes no part in the Swarm", async () => {
    docker("exec", server(1), "systemctl", "stop", "docker.socket", "docker.service");
    try {
      await eventually(60, () => (reachability(1) === "unreachable" ? true : undefined));
      const refused = await stage.hive(["up", "--yes"]);
      expect(refused.code).toBe(1);
      expect(refused.output).toContain(`${server(1)} runs but is not a reachable manager`);
    } finally {
      docker("exec", server(1), "systemctl", "start", "docker.socket", "docker.service");
    }
    expect([0, 1, 2, 3].map(release)).toEqual(["12", "12", "12", "12"]);
    await eventually(60, () => (reachability(1) === "reachable" ? true : undefined));
  });

  it("is moved by up, one server at a time: two always run and one always serves, and the data is there", async () => {
    const ids = docker(
      "exec",
      server(0),
      "docker",
      "node",
      "ls",
      "--format",
      "{{.ID}} {{.Hostname}}",
    );
    let isOver = false;
    const watching = watchServers(() => isOver);
    const run = await stage.hive(["up", "--yes"], { deadlineSeconds: 900 }).finally(() => {
      isOver = true;
    });
    expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
    const { running, serving } = await watching;
    expect(running).toBe(2);
    expect(serving).toBeGreaterThanOrEqual(1);
    expect([0, 1, 2, 3].map(release)).toEqual(["13", "13", "13", "13"]);
    // The same members, not new ones.
    expect(
      docker("exec", server(0), "docker", "node", "ls", "--format", "{{.ID}} {{.Hostname}}"),
    ).toBe(ids);
    expect(await eventually(30, () => inLedger("cat /ledger/page"))).toBe("kept");
    await stage.pages();
    const again = await stage.hive(["pulumi", "--", "preview", "--expect-no-changes"]);
    expect([again.code, again.code === 0 ? "" : again.output]).toEqual([0, ""]);
  });
});

describe("new keys of hive", () => {
  /** The certificate that the registry shows, and the accounts that it lets in. */
  const registryKeys = (): readonly string[] =>
    ["tls.crt", "push.htpasswd", "pull.htpasswd"].map((name) =>
      docker("exec", server(3), "cat", `/etc/hive/registry/${name}`),
    );
  const image = (service: string): string =>
    docker(
      ...["exec", server(0), "docker", "service", "inspect", service],
      ...["--format", "{{.Spec.TaskTemplate.ContainerSpec.Image}}"],
    );

  it("come with one run: what it builds is pushed and pulled with them, one server always serves, and a second run changes nothing", async () => {
    const before = { keys: registryKeys(), portal: image("portal"), gate: image("gate") };
    stage.configure({ keyVersion: 2 });
    stage.edit("site/images/portal/files/usr/share/portal/index.html", "</title>", " 2</title>");
    let isOver = false;
    const watching = watchServers(() => isOver);
    const run = await stage.hive(["up", "--yes"], { deadlineSeconds: 600 }).finally(() => {
      isOver = true;
    });
    expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
    expect((await watching).serving).toBeGreaterThanOrEqual(1);
    expect(registryKeys().filter((key) => before.keys.includes(key))).toEqual([]);
    // The registry with the new keys gave every server the new release, and has the old images yet.
    expect(image("gate")).toBe(before.gate);
    expect(image("portal")).not.toBe(before.portal);
    for (const index of [0, 1, 2])
      docker("exec", server(index), "docker", "image", "inspect", image("portal"));
    expect(await eventually(30, () => inLedger("cat /ledger/page"))).toBe("kept");
    const again = await stage.hive(["pulumi", "--", "preview", "--expect-no-changes"]);
    expect([again.code, again.code === 0 ? "" : again.output]).toEqual([0, ""]);
  });
});

/**
 * That a base image is asked for again is proven elsewhere: on the Docker Engine that all tests
 * share, another one would make every test after this one build everything again.
 */
describe("hive update", () => {
  const baseImage = "debian:trixie-slim";
  /**
   * A cache folder with everything of the real one, and a note of its own: that the base image was
   * asked for.
   */
  const cache = mkdtempSync(join(tmpdir(), "hive-update-cache-"));
  const hive = async (...args: string[]): Promise<Finished> => {
    const environment = { HIVE_CACHE: cache };
    const run = await stage.hive(args, { environment, deadlineSeconds: 1000 });
    if (run.code !== 0) throw new Error(`hive ${args.join(" ")}: ${run.code}\n${run.output}`);
    return run;
  };
  const containers = (): readonly string[] =>
    [0, 1, 2, 3].map((index) => docker("inspect", "--format", "{{.Id}}", server(index)));
  /** The updates that the images of a server's containers were built for. */
  const updatesOf = (index: number): readonly string[] => {
    const inServer = (...args: string[]): string =>
      docker("exec", server(index), "docker", ...args);
    const format = '{{index .Config.Labels "hive.updated"}}';
    return inServer("ps", "--quiet")
      .split("\n")
      .map((container) => inServer("inspect", "--format", "{{.Image}}", container))
      .map((image) => inServer("image", "inspect", "--format", format, image));
  };

  beforeAll(() => {
    const real = process.env["HIVE_CACHE"] ?? join(homedir(), ".cache", "hive");
    for (const entry of readdirSync(real).filter((name) => name !== "base-images.json"))
      symlinkSync(join(real, entry), join(cache, entry));
    const id = docker("image", "inspect", "--format", "{{.Id}}", baseImage);
    const askedAt = new Date(Date.now() + 3600_000).toISOString();
    writeFileSync(
      join(cache, "base-images.json"),
      JSON.stringify({ [baseImage]: { id, askedAt } }),
    );
  });

  afterAll(() => {
    rmSync(cache, { recursive: true });
  });

  it("looks for newer base images, and changes nothing", async () => {
    const before = stage.read("Pulumi.private.yaml");
    const check = JSON.parse((await hive("update", "--check", "--json")).stdout) as UpdateCheck;
    expect(check.images).toMatchObject([
      {
        reference: baseImage,
        isPinned: true,
        imageId: expect.stringMatching(/^sha256:/) as string,
      },
    ]);
    expect(check.images[0]?.usedBy).toEqual(["gate", "portal"]);
    expect(stage.read("Pulumi.private.yaml")).toBe(before);
    expect((await hive("status")).stdout).toMatch(/^age of images: .*; never updated$/m);
  });

  it("renews images and servers while a gate serves at any time, and is then done", async () => {
    const before = containers();
    let isOver = false;
    const watching = watchServers(() => isOver);
    const run = await hive("update", "--yes").finally(() => {
      isOver = true;
    });
    expect(run.stdout).toContain("made anew from a new server image, one after the other");
    expect((await watching).serving).toBeGreaterThanOrEqual(1);

    const file = stage.read("Pulumi.private.yaml");
    const [, updated = ""] = /hive:updated: "([^"]+)"/.exec(file) ?? [];
    expect(Date.parse(updated)).toBeGreaterThan(Date.now() - 3600_000);
    for (const [index, id] of containers().entries()) expect(id).not.toBe(before[index]);
    for (const index of [0, 1, 2, 3]) {
      const found = await eventually(60, () => {
        const all = updatesOf(index);
        return all.every((each) => each === updated) ? all : undefined;
      });
      expect(found.length).toBeGreaterThanOrEqual(1);
    }
    expect(await eventually(30, () => inLedger("cat /ledger/page"))).toBe("kept");
    await hive("pulumi", "--", "preview", "--expect-no-changes");
    expect((await hive("status")).stdout).toMatch(/^age of images: .*; last update \d{4}-/m);
  });
});
