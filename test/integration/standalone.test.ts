import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { defineSite } from "../../model/site";
import type { Plan } from "../../model/plan";
import { planSite } from "../../model/plan-site";
import { serviceMounts } from "../../model/service/mounts";
import { parseStage } from "../../model/stage/check-stage";
import { swarmServiceProvider } from "../../providers/swarm-service/provider";
import type {
  SwarmServiceInputs,
  SwarmServiceState,
} from "../../providers/swarm-service/service-state";
import { runChecked } from "../../providers/transport/command";
import { withEngine } from "../../providers/transport/engine";
import { daemonJsonPath, engineNeeds, renderDaemonJson } from "../../render/daemon-json";
import { proves } from "../proves";
import { type Lab, startLab } from "./lab";
import { eventually, formSwarm, inTask, provideImage, runningTask } from "./service-lab";

/** One service goes through its whole life, so the tests depend on their order. */
let lab: Lab;
let inputs: SwarmServiceInputs;
let service: { id: string; state: SwarmServiceState };
let containerId: string;

let image = "127.0.0.1:1/none:1";

jest.setTimeout(180_000);

beforeAll(async () => {
  lab = await startLab({ servers: 1, prefix: "alone" });
  await asPlanned(plannedSite());
  await formSwarm(lab);
}, 600_000);
afterAll(() => lab.destroy());

/** Puts the image, made from a base image, on the lab's server. */
async function provideSystem(base: string): Promise<void> {
  image = `127.0.0.1:1/hive-lab-standalone:${base.replace(/\W/g, "-")}`;
  const folder = mkdtempSync(join(tmpdir(), "hive-standalone-"));
  try {
    cpSync("test/integration/standalone-image", folder, { recursive: true });
    const dockerfile = join(folder, "Dockerfile");
    writeFileSync(
      dockerfile,
      readFileSync(dockerfile, "utf8").replace(/^FROM .*$/m, `FROM ${base}`),
    );
    await provideImage(lab, image, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A site with a standalone service, and one whose program has setuid programs and sees all files of
 * the server.
 */
function plannedSite(rootOnServers = true): Plan {
  const site = defineSite({
    name: "lab.example",
    services: {
      system: {
        image,
        standalone: true,
        rootOnServers: true,
        networks: [],
        stopGracePeriod: "20s",
        endpointMode: "dnsrr",
      },
      tool: {
        image,
        newPrivileges: true,
        rootOnServers,
        volumes: [{ source: "/", target: "/server", readOnly: true }],
        command: ["sh", "-c", `${setuid}; exec sleep infinity`],
        networks: [],
        stopGracePeriod: "1s",
        endpointMode: "dnsrr",
      },
    },
  });
  const stage = parseStage("private", { "hive:fleet": "container", "hive:cidr": "172.29.16.0/24" });
  return planSite({ stage, site });
}

/** Somebody without rights runs a program of root's that says whose rights it has. */
const setuid =
  "cp /usr/bin/id /var/who && chmod u+s /var/who && setpriv --reuid 65534 --clear-groups /var/who -u > /var/seen";

/** Gives the server's Docker Engine the settings that the plan leads to. */
async function asPlanned(plan: Plan): Promise<void> {
  const [access] = lab.hosts;
  const host = plan.hosts.find(({ role }) => role === "cluster");
  if (access === undefined || host === undefined) throw new Error("There is no server.");
  await runChecked(
    access,
    `sudo -n sh -c 'cat > ${daemonJsonPath} && systemctl restart docker.service'`,
    { stdin: renderDaemonJson(engineNeeds(plan, host)) },
  );
}

/** The inputs that the plan leads to for one of its services. */
async function planned(name: string): Promise<SwarmServiceInputs> {
  const plan = plannedSite();
  const found = plan.services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`The plan has no service ${name}.`);
  const input = {
    ...found,
    managers: lab.hosts,
    site: plan.siteName,
    image,
    networks: [],
    mounts: serviceMounts(found.mounts, plan.volumes),
    secrets: [],
    configs: [],
    hosts: {},
    revision: "1",
  } as unknown as SwarmServiceInputs;
  const checked = await swarmServiceProvider.check?.(input, input);
  expect(checked?.failures).toEqual([]);
  return checked?.inputs as SwarmServiceInputs;
}

const insideOf = async (name: string, ...command: string[]): Promise<string> =>
  (await inTask(lab, name, command)).trim();
const inside = (...command: string[]): Promise<string> => insideOf("system", ...command);

/** A file of the container, also when it has stopped. */
async function fileOf(path: string): Promise<string> {
  const [host] = lab.hosts;
  if (host === undefined) throw new Error("The lab has no host.");
  return await withEngine(host, async (docker) =>
    text(await docker.getContainer(containerId).getArchive({ path })),
  );
}

describe.each([
  ["Debian 13", "debian:trixie-slim"],
  ["Debian 12", "debian:bookworm-slim"],
])("a standalone service: a small system of %s with systemd as process 1", (_, base) => {
  beforeAll(() => provideSystem(base), 600_000);

  proves("standalone")("comes up as a service of the Swarm, with all its units", async () => {
    inputs = await planned("system");
    const created = await swarmServiceProvider.create(inputs);
    service = { id: created.id, state: created.outs as SwarmServiceState };
    const task = await runningTask(lab, "system");
    containerId = task.Status.ContainerStatus?.ContainerID ?? "";
    expect(await inside("systemctl", "is-system-running", "--wait")).toBe("running");
    expect(await inside("systemctl", "is-active", "greeter.service")).toBe("active");
    expect(await inside("cat", "/proc/1/comm")).toBe("systemd");
    expect(await inside("cat", "/var/lib/greeter/notes")).toBe("started");
  });

  test("its programs may gain privileges, as on a server", async () => {
    expect(await inside("grep", "NoNewPrivs", "/proc/1/status")).toBe("NoNewPrivs:\t0");
    expect(await inside("sh", "-c", `${setuid}; cat /var/seen`)).toBe("0");
  });

  test("its units get the file system namespaces that they ask for", async () => {
    await expect(inside("sh", "-c", "ls /tmp")).resolves.not.toContain("mine");
    expect(await inside("sh", "-c", "ls /tmp/*greeter*/tmp")).toBe("mine");
  });

  test("a unit that ends is started again by its own systemd", async () => {
    await inside("systemctl", "restart", "greeter");
    // systemd does not wait for the first thing that a simple service does.
    await eventually("the unit has begun again", 20, async () => {
      const notes = await inside("cat", "/var/lib/greeter/notes");
      return notes === "started\nstopped\nstarted";
    });
    expect(await inside("systemctl", "is-active", "greeter")).toBe("active");
  });

  test("refreshes clean", async () => {
    const seen = await swarmServiceProvider.read?.(service.id, service.state);
    expect(seen?.inputs).toEqual(inputs);
    expect((await swarmServiceProvider.diff?.(service.id, service.state, inputs))?.changes).toBe(
      false,
    );
  });

  test("is shut down in order, well within its time", async () => {
    const [host] = lab.hosts;
    if (host === undefined) throw new Error("The lab has no host.");
    const begin = Date.now();
    await withEngine(host, async (docker) => {
      const seen = (await docker.getService(service.id).inspect()) as {
        Version: { Index: number };
        Spec: object;
      };
      const request = {
        _query: { version: seen.Version.Index },
        _body: { ...seen.Spec, Mode: { Replicated: { Replicas: 0 } } },
      };
      await (
        docker.getService(service.id) as unknown as {
          update(auth: undefined, options: object): Promise<unknown>;
        }
      ).update(undefined, request);
    });
    const state = await eventually("the container has ended", 30, () =>
      withEngine(host, async (docker) => {
        const { State } = await docker.getContainer(containerId).inspect();
        return State.Running ? undefined : State;
      }),
    );
    expect(state.ExitCode).toBe(0);
    expect(Date.now() - begin).toBeLessThan(15_000);
    expect(await fileOf("/var/lib/greeter/notes")).toMatch(/started\nstopped\nstarted\nstopped\n/);
    await swarmServiceProvider.delete?.(service.id, service.state);
  });
});

describe("a service that is given rights by name", () => {
  let tool: Awaited<ReturnType<typeof swarmServiceProvider.create>>;

  beforeAll(async () => {
    tool = await swarmServiceProvider.create(await planned("tool"));
    await runningTask(lab, "tool");
  });
  afterAll(() => swarmServiceProvider.delete?.(tool.id, tool.outs as SwarmServiceState));

  proves("newPrivileges")("has setuid programs with the rights of their owner", async () => {
    const seen = await eventually("the program has run", 20, () =>
      insideOf("tool", "cat", "/var/seen"),
    );
    expect(seen).toBe("0");
  });

  proves("rootOnServers")("reads all of the server, and is refused without the name", async () => {
    expect(await insideOf("tool", "cat", "/server/etc/hostname")).toBe(lab.hosts[0]?.name);
    expect(await insideOf("tool", "grep", "-c", "^root:", "/server/etc/shadow")).toBe("1");
    expect(() => plannedSite(false)).toThrow(
      /the service mounts \/, so its programs can become root/,
    );
  });
});
