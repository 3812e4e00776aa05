import { swarmClusterProvider } from "../../../providers/swarm-cluster/provider";
import { swarmServiceProvider } from "../../../providers/swarm-service/provider";
import type {
  SwarmServiceInputs,
  SwarmServiceState,
  GivenServiceInputs,
} from "../../../providers/swarm-service/service-state";
import { runChecked } from "../../../providers/transport/command";
import { sleep } from "../../../providers/transport/deadline";
import { withEngine } from "../../../providers/transport/engine";
import type { HostAccess } from "../../../providers/transport/host-access";
import { withAnyManager } from "../../../providers/transport/manager";
import { volumeProvider } from "../../../providers/volume/provider";
import type { EngineService } from "../../../model/engine-api/service";
import type { EngineTask } from "../../../model/engine-api/task";
import { colocationConstraint } from "../../../model/service/colocation";
import { jobState } from "../../../model/service/health";
import { startedRun } from "../../../model/service/job-run";
import { toEngineSpec } from "../../../model/service/to-engine";
import { renderConverge } from "../../../render/converge";
import { agentStep } from "../../../render/agent";
import { colocation } from "../../../render/colocation";
import { proves } from "../../proves";
import { serviceSpec } from "../../unit/model/service-specs";
import type { Lab } from "../lab";
import {
  createLabService,
  eventually,
  inTask,
  type LabTask,
  runningTask,
  serverOf,
  startSwarmLab,
  taskImage,
  tasksOf,
} from "../service-lab";

/**
 * An application and its helper go through the life of a site, so the tests depend on their order.
 */
let lab: Lab;
let helper: Made;

jest.setTimeout(300_000);

beforeAll(async () => {
  lab = await startSwarmLab({ servers: 3, prefix: "with" });
}, 600_000);
afterAll(() => lab.destroy());

/** A service as the program's state has it. */
interface Made {
  readonly id: string;
  readonly inputs: SwarmServiceInputs;
  readonly state: SwarmServiceState;
}

interface Node {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Description: { readonly Hostname: string };
  readonly Spec: {
    readonly Labels?: Readonly<Record<string, string>>;
    readonly Availability: string;
  };
  readonly Status: { readonly State: string };
  readonly ManagerStatus?: { readonly Leader?: boolean; readonly Reachability?: string };
}

const nodes = (): Promise<readonly Node[]> =>
  withAnyManager(
    lab.hosts,
    (docker) => docker.listNodes() as Promise<unknown> as Promise<readonly Node[]>,
    { repeatable: true },
  );

function host(index: number): HostAccess {
  const access = lab.hosts[index];
  if (access === undefined) throw new Error(`The lab has no host ${index}.`);
  return access;
}

/**
 * A service that adds a line to its own file on the common volume every fifth of a second, and
 * reads the file of the other one.
 */
async function create(name: string, other: string, constraints: readonly string[]): Promise<Made> {
  const script =
    `trap "exit 0" TERM; while :; do echo $HOSTNAME >> /data/${name}; /bin/busybox tail -n 1 /data/${other} > /seen 2>/dev/null; ` +
    "/bin/busybox sleep 0.2 & wait; done";
  const spec = serviceSpec({
    name,
    site: "lab.example",
    image: taskImage,
    entrypoint: ["/bin/sh", "-c"],
    command: [script],
    hostname: `${name}-on-{{.Node.Hostname}}`,
    stopGracePeriodSeconds: 2,
    mounts: [
      {
        kind: "volume",
        source: "data",
        target: "/data",
        readOnly: false,
        driver: "hive-shared",
        driverOptions: {},
        noCopy: true,
      },
    ],
    restart: { condition: "any", delaySeconds: 0, maxAttempts: 0, windowSeconds: 0 },
    placement: { constraints, spread: [], maxReplicasPerHost: 0 },
  });
  const input: GivenServiceInputs = {
    ...spec,
    revision: "1",
    managers: lab.hosts,
    partners: [other],
  };
  const checked = await swarmServiceProvider.check?.(
    input as SwarmServiceInputs,
    input as SwarmServiceInputs,
  );
  expect(checked?.failures).toEqual([]);
  const inputs = checked?.inputs as SwarmServiceInputs;
  const created = await swarmServiceProvider.create(inputs);
  return { id: created.id, inputs, state: created.outs as SwarmServiceState };
}

/** The running tasks of both services, when both run. */
async function both(): Promise<readonly [LabTask, LabTask] | undefined> {
  const [app, side] = await Promise.all(
    ["app", "helper"].map(async (name) =>
      (await tasksOf(lab, name)).find(
        ({ Status, DesiredState }) => Status.State === "running" && DesiredState === "running",
      ),
    ),
  );
  return app === undefined || side === undefined ? undefined : [app, side];
}

/** Waits until both run on one server that is chosen, and gives it. */
async function together(
  seconds: number,
  chosen: (server: number) => boolean = () => true,
): Promise<number> {
  return await eventually("both run together", seconds, async () => {
    // While the Swarm elects a new leader, nobody can be asked.
    const tasks = await both().catch(() => undefined);
    if (tasks === undefined || tasks[0].NodeID !== tasks[1].NodeID) return false;
    const server = await serverOf(lab, tasks[0]);
    return chosen(server) && { server };
  }).then(({ server }) => server);
}

/** Each writes, and reads what the other one writes there now. */
async function expectShared(server: number): Promise<void> {
  const { name } = host(server);
  for (const [one, other] of [
    ["app", "helper"],
    ["helper", "app"],
  ] as const) {
    await eventually(`${one} sees ${other}`, 20, async () =>
      (await inTask(lab, one, ["/bin/busybox", "cat", "/seen"])).trim() === `${other}-on-${name}`
        ? true
        : undefined,
    );
  }
}

async function allReady(): Promise<void> {
  await eventually("all servers are back", 90, async () =>
    (await nodes()).every(
      ({ Status, ManagerStatus }) =>
        Status.State === "ready" && ManagerStatus?.Reachability === "reachable",
    ),
  );
}

/** A job that follows `app`, as the plan writes it. */
async function createJob(name: string, script: string): Promise<void> {
  const spec = serviceSpec({
    name,
    site: "lab.example",
    image: taskImage,
    entrypoint: ["/bin/sh", "-c"],
    command: [script],
    mode: { kind: "job", retries: 0 },
    placement: { constraints: [colocationConstraint("app")], spread: [], maxReplicasPerHost: 0 },
  });
  await createLabService(lab, toEngineSpec(spec));
}

/** Starts a run of a job, as `hive run` does. */
async function startAgain(name: string): Promise<void> {
  await withAnyManager(lab.hosts, async (docker) => {
    const seen = (await docker.getService(name).inspect()) as EngineService & Pick<Node, "Version">;
    const spec = startedRun(seen.Spec, new Date());
    await docker.getService(name).update({ version: seen.Version.Index, ...spec });
  });
}

/** What hive says of a job, where its tasks run, and how many of them had a container. */
async function job(name: string): Promise<{
  readonly state: string;
  readonly running: readonly number[];
  readonly started: number;
}> {
  const tasks = await tasksOf(lab, name);
  const service = (await withAnyManager(
    lab.hosts,
    (docker) => docker.getService(name).inspect() as Promise<unknown>,
    { repeatable: true },
  )) as EngineService;
  const running = tasks.filter(
    ({ Status, DesiredState }) => Status.State === "running" && DesiredState === "complete",
  );
  return {
    state: jobState(service, tasks as unknown as readonly EngineTask[]),
    running: await Promise.all(running.map((task) => serverOf(lab, task))),
    started: tasks.filter(({ Status }) => Status.ContainerStatus?.ContainerID !== undefined).length,
  };
}

async function setAvailability(server: number, availability: string): Promise<void> {
  await withAnyManager(lab.hosts, async (docker) => {
    const node = docker.getNode(host(server).name);
    const { Version, Spec } = (await node.inspect()) as Node;
    await node.update({ version: Version.Index, ...Spec, Availability: availability });
  });
}

const leaderOfSwarm = async (): Promise<number> => {
  const name = (await nodes()).find(({ ManagerStatus }) => ManagerStatus?.Leader === true)
    ?.Description.Hostname;
  return lab.hosts.findIndex((access) => access.name === name);
};

describe("an application and its helper on one replicated volume", () => {
  test("the agent is set up by a step that changes nothing when it is repeated", async () => {
    const step = renderConverge({ title: "colocation", ...agentStep(colocation) });
    for (const access of lab.hosts) {
      const first = await runChecked(access, step, { deadlineSeconds: 300 });
      expect(first.stdout).toContain("colocation: changed");
      const second = await runChecked(access, step, { deadlineSeconds: 60 });
      expect(second.stdout).toContain("colocation: unchanged");
    }
  });

  proves("placement.with")("run on one server and both read and write", async () => {
    await volumeProvider.create({
      hosts: lab.hosts,
      incarnations: lab.hosts.map((_, index) => lab.instanceId(index)),
      site: "lab.example",
      name: "data",
      driver: "hive-shared",
      driverOptions: {},
      revision: "1",
    });
    await create("app", "helper", []);
    helper = await create("helper", "app", [colocationConstraint("app")]);
    await expectShared(await together(1));
  });

  test("are no difference to what is wanted: not the services, nor the labels of the servers", async () => {
    const seen = await swarmServiceProvider.read?.(helper.id, helper.state);
    expect(seen?.inputs).toEqual(helper.inputs);
    const inputs = {
      revision: "1",
      members: lab.hosts.map((access, index) => ({
        access,
        advertiseAddress: lab.address(index),
        labels: { "hive.zone": `zone-${index}` },
        incarnation: lab.instanceId(index),
      })),
      heartbeatSeconds: 2,
      taskHistoryLimit: 5,
    };
    // Sets the zones, and must take nothing away.
    const cluster = await swarmClusterProvider.create(inputs);
    const read = await swarmClusterProvider.read?.(cluster.id, cluster.outs);
    expect(read?.inputs).toMatchObject({ members: inputs.members });
    const labels = (await nodes()).map(({ Spec }) => Spec.Labels?.["hive.with.app"]);
    expect(labels.filter((label) => label !== undefined)).toEqual(["true"]);
    await together(1);
  });

  test("stay where they are when the helper alone is lost", async () => {
    const server = await together(10);
    const lost = await runningTask(lab, "helper");
    await withEngine(host(server), (docker) =>
      docker.getContainer(lost.Status.ContainerStatus?.ContainerID ?? "").kill(),
    );
    await eventually("another task runs", 60, async () => {
      const now = await both();
      return now !== undefined && now[1].ID !== lost.ID;
    });
    expect(await together(1)).toBe(server);
    await expectShared(server);
  });

  test("are together again when the other one alone is lost, wherever the Swarm starts it", async () => {
    const server = await together(10);
    const lost = await runningTask(lab, "app");
    await withEngine(host(server), (docker) =>
      docker.getContainer(lost.Status.ContainerStatus?.ContainerID ?? "").kill(),
    );
    await eventually("another task runs", 60, async () => {
      const now = await both();
      return now !== undefined && now[0].ID !== lost.ID;
    });
    await expectShared(await together(30));
  });

  test("move together when their server is drained", async () => {
    const server = await together(10);
    await setAvailability(server, "drain");
    const next = await together(60, (now) => now !== server);
    await expectShared(next);
    await setAvailability(server, "active");
  });

  test("jobs that follow: a complete run is not repeated on the next server, one that goes on is", async () => {
    const old = await together(10);
    await Promise.all([
      createJob("done", "exit 0"),
      createJob("going", "exec /bin/busybox sleep 600"),
    ]);
    await eventually("one job is complete, the other one runs", 30, async () => {
      const [done, going] = await Promise.all([job("done"), job("going")]);
      return done.state === "complete" && going.running.includes(old);
    });
    await setAvailability(old, "drain");
    const next = await together(60, (now) => now !== old);
    // A drain leaves a job's run alone. What no longer fits is stopped when the server is back.
    await setAvailability(old, "active");
    await eventually("the run that went on begins again beside its group", 30, async () =>
      (await job("going")).running.includes(next),
    );
    await sleep(5000);
    expect(await job("done")).toMatchObject({ state: "complete", started: 1 });

    // Now the same with a lost server. Each of both begins one more run of its own here.
    const leader = await leaderOfSwarm();
    if (next === leader) {
      await setAvailability(leader, "drain");
      await together(60, (now) => now !== leader);
      await setAvailability(leader, "active");
    }
    const lost = await together(30, (now) => now !== leader);
    await startAgain("done");
    await eventually("the second run is complete", 30, async () => {
      const { state, started } = await job("done");
      return state === "complete" && started === 2;
    });
    await eventually("the other one runs there too", 60, async () =>
      (await job("going")).running.includes(lost),
    );
    await lab.kill(lost);
    const last = await together(90, (now) => now !== lost);
    await eventually("the job that was lost runs again", 60, async () =>
      (await job("going")).running.includes(last),
    );
    await lab.start(lost);
    await allReady();
    await sleep(5000);
    expect(await job("done")).toMatchObject({ state: "complete", started: 2 });
    await withAnyManager(lab.hosts, async (docker) => {
      await Promise.all(["done", "going"].map((name) => docker.getService(name).remove()));
    });
  });

  test("come up together on another server when theirs is killed, within 15 s", async () => {
    const seconds: number[] = [];
    for (let round = 0; round < 3; round++) {
      // The loss of the Swarm's leader is another thing to wait for.
      const leader = await leaderOfSwarm();
      if ((await together(30)) === leader) {
        await setAvailability(leader, "drain");
        await together(60, (now) => now !== leader);
        await setAvailability(leader, "active");
      }
      const server = await together(30, (now) => now !== leader);
      const begin = Date.now();
      await lab.kill(server);
      const next = await together(90, (now) => now !== server);
      seconds.push((Date.now() - begin) / 1000);
      await expectShared(next);
      await lab.start(server);
      await allReady();
    }
    seconds.sort((left, right) => left - right);
    console.info(`seconds until both ran again together: ${seconds.join(", ")}`);
    expect(seconds[1]).toBeLessThan(15);
  });

  test("come up together when the server that is killed leads the Swarm as well", async () => {
    const leader = await leaderOfSwarm();
    for (const other of [0, 1, 2].filter((index) => index !== leader))
      await setAvailability(other, "drain");
    await together(90, (now) => now === leader);
    for (const other of [0, 1, 2].filter((index) => index !== leader))
      await setAvailability(other, "active");
    await sleep(1000);
    const begin = Date.now();
    await lab.kill(leader);
    const next = await together(120, (now) => now !== leader);
    console.info(`seconds after the loss of the leader: ${(Date.now() - begin) / 1000}`);
    await expectShared(next);
    await lab.start(leader);
    await allReady();
  });

  test("the label goes with the last service that follows", async () => {
    await withAnyManager(lab.hosts, (docker) => docker.getService("helper").remove());
    await eventually("no server has the label", 20, async () =>
      (await nodes()).every(({ Spec }) => Spec.Labels?.["hive.with.app"] === undefined),
    );
  });
});
