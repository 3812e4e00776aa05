import { swarmServiceProvider } from "../../../providers/swarm-service/provider";
import type {
  SwarmServiceInputs,
  SwarmServiceState,
} from "../../../providers/swarm-service/service-state";
import { runChecked } from "../../../providers/transport/command";
import { sleep } from "../../../providers/transport/deadline";
import { engineStatus } from "../../../providers/transport/engine";
import { isTransportError } from "../../../providers/transport/errors";
import type { HostAccess } from "../../../providers/transport/host-access";
import { withAnyManager } from "../../../providers/transport/manager";
import { renderConverge } from "../../../render/converge";
import { agentStep } from "../../../render/agent";
import { scheduler } from "../../../render/job-scheduler";
import { serviceSpec } from "../../unit/model/service-specs";
import type { Lab } from "../lab";
import { eventually, startSwarmLab, taskImage, tasksOf } from "../service-lab";

/** The tests follow two jobs through some minutes, so they depend on their order. */
let lab: Lab;
/** A server that is not killed. */
let survivor: HostAccess;
let made: Made;

const minute = 60_000;

jest.setTimeout(420_000);

beforeAll(async () => {
  lab = await startSwarmLab({ servers: 3, prefix: "jobs" });
}, 600_000);
afterAll(() => lab.destroy());

/** A job as the program's state has it. */
interface Made {
  readonly id: string;
  readonly inputs: SwarmServiceInputs;
  readonly state: SwarmServiceState;
}

/** What was seen of a job over some time. */
interface Watched {
  /** The times for which it was started, in order. */
  readonly started: string[];
  /** Tasks by the run to which they belong. */
  readonly tasks: Map<number, Set<string>>;
  readonly failed: Set<string>;
}

/** A job of the site that is due every minute. */
async function createJob(name: string, script: string, host: HostAccess): Promise<Made> {
  const spec = serviceSpec({
    name,
    site: "lab.example",
    image: taskImage,
    entrypoint: ["/bin/sh", "-c"],
    command: [script],
    mode: { kind: "job", schedule: "* * * * *", retries: 0 },
    restart: { condition: "none", delaySeconds: 0, maxAttempts: 0, windowSeconds: 0 },
    placement: { constraints: [`node.hostname==${host.name}`], spread: [], maxReplicasPerHost: 0 },
  });
  const input = { ...spec, revision: "1", managers: lab.hosts } as SwarmServiceInputs;
  const checked = await swarmServiceProvider.check?.(input, input);
  expect(checked?.failures).toEqual([]);
  const inputs = checked?.inputs as SwarmServiceInputs;
  const created = await swarmServiceProvider.create(inputs);
  return { id: created.id, inputs, state: created.outs as SwarmServiceState };
}

/** Looks at a job and adds what is new. */
async function watch(name: string, seen: Watched): Promise<void> {
  const service = await withAnyManager(
    lab.hosts,
    (docker) =>
      docker.getService(name).inspect() as Promise<{ Spec: { Labels: Record<string, string> } }>,
    { repeatable: true },
  );
  const last = service.Spec.Labels["hive.schedule.last"];
  if (last !== undefined && seen.started.at(-1) !== last) seen.started.push(last);
  for (const task of await tasksOf(lab, name)) {
    const run = task.JobIteration?.Index ?? 0;
    seen.tasks.set(run, (seen.tasks.get(run) ?? new Set()).add(task.ID));
    if (task.Status.State === "failed" || task.Status.State === "rejected")
      seen.failed.add(task.ID);
  }
}

const nothingSeen = (): Watched => ({ started: [], tasks: new Map(), failed: new Set() });
const slot = (time: number): string =>
  new Date(Math.floor(time / minute) * minute).toISOString().replace(".000Z", "Z");

/** The server that leads the Swarm. */
async function leader(): Promise<number> {
  const nodes = await withAnyManager(
    lab.hosts,
    (docker) =>
      docker.listNodes() as Promise<unknown> as Promise<
        { Description: { Hostname: string }; ManagerStatus?: { Leader?: boolean } }[]
      >,
  );
  const name = nodes.find(({ ManagerStatus }) => ManagerStatus?.Leader === true)?.Description
    .Hostname;
  return lab.hosts.findIndex((host) => host.name === name);
}

describe("scheduled jobs in a Swarm of three servers, each with its agent", () => {
  test("the agent is set up by a step that changes nothing when it is repeated", async () => {
    const step = renderConverge({ title: "scheduler", ...agentStep(scheduler) });
    for (const host of lab.hosts) {
      const first = await runChecked(host, step, { deadlineSeconds: 300 });
      expect(first.stdout).toContain("scheduler: changed");
      const second = await runChecked(host, step, { deadlineSeconds: 60 });
      expect(second.stdout).toContain("scheduler: unchanged");
    }
  });

  test("each run is started once, a lost leader included, and a run that goes is left alone", async () => {
    // Not right before a full minute, so that creating the jobs is seen to start nothing.
    const into = Date.now() % minute;
    if (into > 40_000) await sleep(minute - into + 1000);
    const lost = await leader();
    survivor = lab.hosts[(lost + 1) % 3] ?? survivor;
    const begin = Date.now();
    made = await createJob("short", "/bin/busybox sleep 2", survivor);
    await createJob("long", "/bin/busybox sleep 80", survivor);
    await sleep(8000);
    expect(await tasksOf(lab, "short")).toEqual([]);
    expect(await tasksOf(lab, "long")).toEqual([]);

    const short = nothingSeen();
    const long = nothingSeen();
    const slots = [1, 2, 3].map((count) => slot(begin + count * minute));
    const end = Date.parse(slots[2] ?? "") + 20_000;
    let killed = false;
    while (Date.now() < end) {
      if (!killed && Date.now() > Date.parse(slots[0] ?? "") + 30_000) {
        await lab.kill(lost);
        killed = true;
      }
      // While the Swarm elects a new leader, nobody can be asked.
      await Promise.all([watch("short", short), watch("long", long)]).catch((error: unknown) => {
        if (!isTransportError(error) && engineStatus(error) !== 503) throw error;
      });
      await sleep(1000);
    }
    expect(short.started).toEqual(slots);
    expect([...short.tasks.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(short.failed).toEqual(new Set());
    // The long run of the first minute still went in the second.
    expect(long.started).toEqual([slots[0], slots[2]]);
    expect([...long.tasks.values()].map(({ size }) => size)).toEqual([1, 1]);
    expect(long.failed).toEqual(new Set());
  });

  test("logs each run that it started, and each that it skipped with the reason", async () => {
    const journals = await Promise.all(
      lab.hosts.map((host) =>
        runChecked(host, "sudo -n journalctl --unit hive-scheduler --no-pager --output cat").then(
          ({ stdout }) => stdout,
          () => "",
        ),
      ),
    );
    expect(journals.join()).toMatch(/short: started the run of 20\d\d-/);
    expect(journals.join()).toMatch(
      /long: skipped the run of 20\d\d-.*: the previous run is still active \(task \w+, running\)/,
    );
  });

  test("a run is no difference between the job and what is wanted", async () => {
    const seen = await swarmServiceProvider.read?.(made.id, made.state);
    expect(seen?.inputs).toEqual(made.inputs);
  });

  test("an agent that was killed is back", async () => {
    const host = survivor;
    const mainProcess = async (): Promise<string> =>
      (await runChecked(host, "systemctl show --property MainPID --value hive-scheduler")).stdout;
    const before = await mainProcess();
    await runChecked(host, "sudo -n systemctl kill --signal KILL hive-scheduler");
    const after = await eventually("the agent runs again", 20, async () => {
      const pid = (await mainProcess()).trim();
      return pid !== "0" && pid !== before.trim() && pid;
    });
    expect(after).not.toBe(before.trim());
  });
});
