/**
 * The private stage as a user runs it, on the real engine and real daemons. One stage serves all tests, in order: each
 * finds it as the one before left it, and the last one takes it down.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { docker, eventually, fetchPage, TestStage } from "./test-stage";

jest.setTimeout(15 * 60_000);

const cidr = "172.29.64.0/24";
const addresses = ["172.29.64.4", "172.29.64.5", "172.29.64.6"];
let stage: TestStage;

const host = (index: number): string => `p-hive${index}.${stage.siteName}`;
const inside = (index: number, ...command: string[]): string =>
  docker("exec", host(index), ...command);
const onHost = (index: number, script: string): string => inside(index, "bash", "-c", script);

/** Waits until all three cluster hosts serve a page that the check accepts, and returns the pages. */
function pages(accept: (text: string, index: number) => boolean, seconds = 60): Promise<string[]> {
  return eventually(seconds, async () => {
    const answers = await Promise.all(addresses.map((address) => fetchPage(`http://${address}/`)));
    const good = answers.every(
      (answer, index) => answer?.status === 200 && accept(answer.text, index),
    );
    return good ? answers.map((answer) => answer?.text ?? "") : undefined;
  });
}

const namesItsHost = (text: string, index: number): boolean => text.includes(host(index));

async function up(...flags: string[]): Promise<string> {
  const run = await stage.hive(["up", "--yes", ...flags], { deadlineSeconds: 600 });
  if (run.code !== 0) throw new Error(`hive up: exit code ${run.code}\n${run.output}`);
  return run.output;
}

/** `pulumi <command> --expect-no-changes`; the output when something was to change. */
async function changesOf(...command: string[]): Promise<string> {
  const run = await stage.hive(["pulumi", "--", ...command, "--expect-no-changes"]);
  return run.code === 0 ? "" : run.output;
}

/** How often the servers' sshd let somebody in, altogether. */
const logins = (): number =>
  [0, 1, 2, 3]
    .map((index) =>
      onHost(index, "journalctl -u ssh --no-pager | grep -c 'Accepted publickey' || true"),
    )
    .reduce((sum, count) => sum + Number(count), 0);

beforeAll(() => {
  stage = new TestStage("e2e", { cidr });
});

afterAll(async () => {
  const run = await stage.hive(["destroy", "--yes"]);
  stage.remove();
  if (run.code !== 0) throw new Error(run.output);
});

describe("from nothing", () => {
  it("survives Ctrl-C at five different moments, and comes up whole afterwards", async () => {
    for (const seconds of [1.5, 4, 7, 12, 20]) {
      const child = stage.start(["up", "--yes"]);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      child.kill("SIGINT");
      await ended;
    }
    const output = await up();
    for (const phase of ["build-infra", "setup-hosts", "build-images", "deploy-services"]) {
      expect(output).toContain(phase);
    }
    expect(output).toContain(`http://${addresses[0]}/`);
    await pages(namesItsHost);
  });

  it("serves a page that names the host, the release and the time, on every cluster host", async () => {
    const before = Date.now();
    const texts = await pages(namesItsHost);
    for (const text of texts) {
      expect(text).toMatch(/id="release">1</);
      const shown = /id="time">([^<]+)</.exec(text)?.[1] ?? "";
      expect(Math.abs(new Date(shown).getTime() - before)).toBeLessThan(60_000);
    }
  });

  it("forms a Swarm of three managers with the heartbeat that was asked for; the repository server is no member", () => {
    const nodes = onHost(
      0,
      "docker node ls --format '{{.Hostname}} {{.Status}} {{.ManagerStatus}}'",
    ).split("\n");
    expect(nodes.map((line) => line.split(" ")[0]).sort()).toEqual([host(0), host(1), host(2)]);
    expect(nodes.filter((line) => /Ready (Leader|Reachable)/.test(line))).toHaveLength(3);
    expect(
      onHost(0, "docker info --format '{{.Swarm.Cluster.Spec.Dispatcher.HeartbeatPeriod}}'"),
    ).toMatch(/^2s|2000000000$/);
    expect(onHost(3, "docker info --format '{{.Swarm.LocalNodeState}}'")).toBe("inactive");
  });

  it("runs the service by digest, with the image on every cluster host", () => {
    const image = onHost(
      0,
      "docker service inspect webgate --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}'",
    );
    expect(image).toMatch(
      new RegExp(`^registry\\.${stage.siteName}:5000/webgate@sha256:[0-9a-f]{64}$`),
    );
    for (const index of [0, 1, 2]) {
      expect(onHost(index, `docker image inspect '${image}' --format ok`)).toBe("ok");
    }
  });

  it("lets nobody in without a key, and root not at all", () => {
    const attempt = (user: string): string =>
      onHost(
        1,
        `ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o ConnectTimeout=5 ${user}@172.29.64.4 true 2>&1 || true`,
      );
    expect(attempt("hive")).toMatch(/Permission denied/);
    expect(attempt("root")).toMatch(/Permission denied/);
  });
});

describe("a second run", () => {
  it("changes nothing, and opens no SSH session", async () => {
    const before = logins();
    // Building the stage took some: a count of none would mean that the journal was not read.
    expect(before).toBeGreaterThan(0);
    expect(await changesOf("up", "--yes", "--skip-preview")).toBe("");
    expect(logins() - before).toBe(0);
  });

  it("has an empty preview", async () => {
    expect(await changesOf("preview")).toBe("");
  });

  it("finds no drift in a refresh", async () => {
    expect(await changesOf("refresh", "--yes", "--skip-preview")).toBe("");
  });
});

describe("what was damaged by hand", () => {
  it("is found by a refresh and mended by up: a label, the heartbeat, the service", async () => {
    onHost(0, `docker node update --label-rm hive.zone ${host(2)}`);
    onHost(0, "docker swarm update --dispatcher-heartbeat 9s");
    onHost(0, "docker service update --detach --env-add SABOTAGE=1 webgate");
    const found = await changesOf("preview", "--refresh", "--diff");
    expect(found).toContain("SABOTAGE");
    expect(found).toContain("heartbeatSeconds");
    expect(found).toContain("hive.zone");
    await up("--refresh");
    expect(
      onHost(0, `docker node inspect ${host(2)} --format '{{index .Spec.Labels "hive.zone"}}'`),
    ).toBe("zone-c");
    expect(
      onHost(
        0,
        "docker service inspect webgate --format '{{.Spec.TaskTemplate.ContainerSpec.Env}}'",
      ),
    ).not.toContain("SABOTAGE");
    expect(await changesOf("refresh", "--yes", "--skip-preview")).toBe("");
    await pages(namesItsHost);
  });
});

describe("a changed image", () => {
  it("is built, pushed and rolled, and every host serves it", async () => {
    const image = (): string =>
      onHost(
        0,
        "docker service inspect webgate --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}'",
      );
    const before = image();
    stage.edit("site/services/webgate.ts", 'RELEASE: "1"', 'RELEASE: "2"');
    stage.edit(
      "site/images/webgate/files/usr/share/webgate/index.html",
      "</title>",
      " (second edition)</title>",
    );
    await up();
    expect(image()).not.toBe(before);
    await pages(
      (text, index) =>
        namesItsHost(text, index) &&
        text.includes("(second edition)") &&
        /id="release">2</.test(text),
    );
  });

  it("that does not build fails with the step's own words, and the running one goes on serving", async () => {
    const dockerfile = "site/images/webgate/Dockerfile";
    stage.edit(
      dockerfile,
      "COPY files/ /",
      "RUN echo the-reason-is-here >&2 && false\nCOPY files/ /",
    );
    const run = await stage.hive(["up", "--yes"]);
    expect(run.code).not.toBe(0);
    expect(run.output).toContain("the-reason-is-here");
    await pages((text) => text.includes("(second edition)"), 5);
    stage.edit(
      dockerfile,
      "RUN echo the-reason-is-here >&2 && false\nCOPY files/ /",
      "COPY files/ /",
    );
    expect(await changesOf("preview")).toBe("");
  });
});

describe("a lost server", () => {
  it("that was killed leaves the service on the others; up starts it again and it is a healthy manager", async () => {
    docker("kill", host(1));
    for (const index of [0, 2]) {
      const answer = await fetchPage(`http://${addresses[index]}/`);
      expect(answer?.text).toContain(host(index));
    }
    const status = await stage.hive(["status"], { deadlineSeconds: 60 });
    expect(status.output).toContain(host(1));
    expect(status.seconds).toBeLessThan(20);
    await up();
    await pages(namesItsHost);
    await eventually(60, () =>
      onHost(
        0,
        `docker node inspect ${host(1)} --format '{{.Status.State}} {{.ManagerStatus.Reachability}}'`,
      ) === "ready reachable"
        ? true
        : undefined,
    );
    expect(await changesOf("preview")).toBe("");
  });

  it("that was removed with its data is built again and rejoins; the dead member is gone", async () => {
    docker("rm", "--force", host(2));
    docker("volume", "rm", `${host(2)}-docker`);
    await up();
    const nodes = onHost(0, "docker node ls --format '{{.Hostname}} {{.Status}}'")
      .split("\n")
      .sort();
    expect(nodes).toEqual([0, 1, 2].map((index) => `${host(index)} Ready`));
    await pages(namesItsHost);
    expect(await changesOf("refresh", "--yes", "--skip-preview")).toBe("");
  });
});

describe("secrets", () => {
  it("stand in clear in no state, output, log, process list or image layer", async () => {
    const exported = await stage.hive(["pulumi", "--", "stack", "export", "--show-secrets"]);
    const state = JSON.parse(exported.stdout) as { deployment: { resources: StateResource[] } };
    const secrets = state.deployment.resources.flatMap(secretsOf);
    expect(secrets.length).toBeGreaterThanOrEqual(8);

    const places = new Map<string, string>();
    for (const file of filesBelow(join(stage.directory, ".hive"))) {
      if (!/\/ssh\/|passphrase$/.test(file)) places.set(file, readFileSync(file, "latin1"));
    }
    places.set("stack outputs", (await stage.hive(["outputs", "--json"])).output);
    places.set("plan", (await stage.hive(["plan", "--json"])).output);
    for (const index of [0, 1, 2, 3]) {
      places.set(
        `processes of ${host(index)}`,
        onHost(index, "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'"),
      );
      places.set(`journal of ${host(index)}`, onHost(index, "journalctl --no-pager"));
      places.set(
        `containers of ${host(index)}`,
        onHost(
          index,
          "docker ps -aq | xargs -r docker inspect; docker images -q | sort -u | xargs -r -n1 docker history --no-trunc",
        ),
      );
    }
    const found = [...places].flatMap(([place, text]) =>
      secrets
        .filter(({ needle }) => text.includes(needle))
        .map(({ name }) => `${name} in ${place}`),
    );
    expect(found).toEqual([]);
  });
});

interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Passwords as they are, and of keys a line from their middle, which no public half shares. */
function secretsOf(resource: StateResource): { name: string; needle: string }[] {
  const name = resource.urn.split("::").at(-1) ?? resource.urn;
  return ["result", "privateKey", "privateKeyPem"].flatMap((key) => {
    const output = resource.outputs?.[key] as { plaintext?: string } | undefined;
    if (output?.plaintext === undefined) return [];
    const value = JSON.parse(output.plaintext) as string;
    const lines = value.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    return [{ name, needle: lines[Math.floor(lines.length / 2)] ?? value }];
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}

describe("a run that may not happen changes nothing and says what to do", () => {
  const refuses = async (
    run: Promise<{ code: number | null; output: string }>,
    ...patterns: RegExp[]
  ): Promise<void> => {
    const { code, output } = await run;
    expect(code).not.toBe(0);
    for (const pattern of patterns) expect(output).toMatch(pattern);
  };

  it.each([
    ["two cluster hosts", { clusterHosts: 2 }, [/hive:clusterHosts/, /2/, /3/]],
    ["an unknown key", { clusterHost: 3 }, [/hive:clusterHost\b/, /did you mean/i, /clusterHosts/]],
    ["a wrong type", { clusterHosts: "many" }, [/hive:clusterHosts/, /many/, /write 3, 5 or 7/]],
  ])("%s", async (_what, config, patterns) => {
    stage.configure(config);
    try {
      await refuses(stage.hive(["up", "--yes"]), ...patterns);
    } finally {
      stage.configure(Object.fromEntries(Object.keys(config).map((key) => [key, undefined])));
      stage.configure({ clusterHosts: 3 });
    }
  });

  it("a network that overlaps another one of this computer", async () => {
    docker("network", "create", "--subnet", "172.29.96.0/24", "hive-e2e-foreign");
    try {
      stage.configure({ cidr: "172.29.96.0/20" });
      await refuses(
        stage.hive(["up", "--yes"]),
        /hive:cidr/,
        /hive-e2e-foreign/,
        /write another network/,
      );
    } finally {
      docker("network", "rm", "hive-e2e-foreign");
      stage.configure({ cidr });
    }
  });

  it("a wrong passphrase", async () => {
    await refuses(
      stage.hive(["up", "--yes"], { environment: { PULUMI_CONFIG_PASSPHRASE: "not the one" } }),
      /passphrase/,
    );
  });

  it("a stage that another run holds", async () => {
    const other = stage.start(["up", "--yes"]);
    const ended = new Promise((resolve) => other.once("exit", resolve));
    const locks = join(stage.directory, ".hive", "state", ".pulumi", "locks");
    await eventually(30, () => {
      try {
        return filesBelow(locks).some((file) => file.endsWith(".json")) ? true : undefined;
      } catch {
        return undefined;
      }
    });
    await refuses(stage.hive(["up", "--yes"]), /another run|locked/i, /pid|process/i);
    await ended;
  });

  it("stopping before a phase that was reached", async () => {
    await refuses(
      stage.hive(["up", "--yes", "--through-phase", "setup-hosts"]),
      /deploy-services/,
      /deleted/,
    );
  });

  it("and after all of these the site still serves and nothing is to change", async () => {
    await pages(namesItsHost, 5);
    expect(await changesOf("preview")).toBe("");
  });
});

describe("destroy", () => {
  it("leaves no container, network, volume or file of the stage", async () => {
    docker("kill", host(0));
    const run = await stage.hive(["destroy", "--yes"]);
    expect([run.code, run.code === 0 ? "" : run.output]).toEqual([0, ""]);
    expect(docker("ps", "--all", "--quiet", "--filter", `label=hive.site=${stage.siteName}`)).toBe(
      "",
    );
    expect(
      docker("network", "ls", "--quiet", "--filter", `label=hive.site=${stage.siteName}`),
    ).toBe("");
    expect(docker("volume", "ls", "--quiet", "--filter", `label=hive.site=${stage.siteName}`)).toBe(
      "",
    );
    expect(filesBelow(join(stage.directory, ".hive"))).toEqual([]);
    // A second one finds nothing and is content.
    expect((await stage.hive(["destroy", "--yes"])).code).toBe(0);
  });
});
