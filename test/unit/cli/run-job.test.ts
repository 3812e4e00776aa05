import { Failure } from "../../../cli/failure";
import { endText, type JobControl, runJob, type SeenJob } from "../../../cli/jobs/run-job";
import type { EngineServiceSpec } from "../../../model/engine-api/service-spec";
import type { EngineTask } from "../../../model/engine-api/task";
import { fromEngineSpec } from "../../../model/service/from-engine";
import { normalizeService } from "../../../model/service/normalize";
import { sameValue } from "../../../model/values/same-value";
import { startedRun } from "../../../model/service/job-run";
import { toEngineSpec } from "../../../model/service/to-engine";
import { planWith, smallSite } from "../model/plans";

const now = new Date("2026-11-23T12:00:00.250Z");

/** The specification of a planned service, as hive writes it to the Swarm. */
function planned(schedule: string | undefined, retries = 2): EngineServiceSpec {
  const job = { ...(schedule === undefined ? {} : { schedule }), retries };
  const image = { build: "webgate" };
  const services = { tidy: { image, mode: { job } } };
  const [plan] = planWith({ site: { ...smallSite, services } }).services;
  return toEngineSpec(
    normalizeService({ ...plan!, image: "x@sha256:0", site: "hive.example" } as never),
  );
}

/** A Swarm with one job, which goes on by a step at each look after the start. */
class FakeSwarm implements JobControl {
  readonly said: string[] = [];
  changes = 0;
  /** How many changes of others come in between. */
  rivals = 0;
  private run = 7;
  private version = 1;
  private looks = 0;
  tasks: EngineTask[] = [];
  updatedAt = "2026-11-23T11:00:00Z";

  constructor(
    public spec: EngineServiceSpec,
    /** The tasks at each look after the start. */
    private readonly steps: readonly (readonly [state: string, error?: string][])[] = [],
  ) {}

  async read(): Promise<SeenJob> {
    if (this.changes > 0) {
      const states = this.steps[Math.min(this.looks, this.steps.length - 1)] ?? [];
      this.tasks = states.map(([state, error], index) => this.task(state, index, error));
      this.looks += 1;
    }
    const service = {
      ID: "j",
      Spec: this.spec,
      UpdatedAt: this.updatedAt,
      Version: { Index: this.version },
      JobStatus: { JobIteration: { Index: this.run } },
    };
    const nodes = [
      {
        ID: "n1",
        Description: { Hostname: "p-hive1.hive.example" },
        Spec: { Role: "manager", Availability: "active" },
        Status: { State: "ready" },
      },
    ] as unknown as SeenJob["nodes"];
    return await Promise.resolve({ service, tasks: this.tasks, nodes, time: now });
  }

  task(state: string, index = 0, Err = ""): EngineTask {
    return {
      ID: `t${index}`,
      ServiceID: "j",
      NodeID: "n1",
      DesiredState: "complete",
      JobIteration: { Index: this.run },
      Status: { State: state, Err, Timestamp: `2026-11-23T12:00:0${index}Z` },
    };
  }

  async change(seen: SeenJob["service"], spec: EngineServiceSpec): Promise<boolean> {
    if (this.rivals > 0) {
      this.rivals -= 1;
      this.version += 1;
    }
    if (seen.Version.Index !== this.version) return await Promise.resolve(false);
    this.spec = spec;
    this.changes += 1;
    this.run += 1;
    this.version += 1;
    return true;
  }

  /** Somebody changes the job: its run is another one then. */
  overtake(): void {
    this.run += 1;
  }

  async wait(): Promise<void> {
    await Promise.resolve();
  }

  say(text: string): void {
    this.said.push(text);
  }
}

const refusal = async (swarm: FakeSwarm, site = "hive.example"): Promise<string> => {
  try {
    await runJob(swarm, site);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect(swarm.changes).toBe(0);
    return (error as Failure).message;
  }
  return "";
};

describe("a run of a job", () => {
  test.each([["0 3 * * *"], [undefined]])(
    "with schedule %s: starts, and waits for its end",
    async (schedule) => {
      const swarm = new FakeSwarm(planned(schedule), [
        [],
        [["preparing"]],
        [["running"]],
        [["running"]],
        [["complete"]],
      ]);
      const progress = await runJob(swarm, "hive.example");
      expect(progress.kind).toBe("complete");
      expect(swarm.said).toEqual(["tidy starts", "tidy runs on p-hive1"]);
      expect(endText("tidy", progress, "4 s")).toBe("tidy is done after 4 s.");
    },
  );

  test("tells failed tries, and gives up with the job", async () => {
    const bad = ["failed", "task: non-zero exit (2)"] as const;
    const swarm = new FakeSwarm(planned("0 3 * * *"), [
      [["running"]],
      [[...bad], ["running"]],
      [[...bad], [...bad], ["running"]],
      [[...bad], [...bad], [...bad]],
    ]);
    const progress = await runJob(swarm, "hive.example");
    expect(progress.kind).toBe("failed");
    expect(swarm.said).toEqual([
      "tidy runs on p-hive1",
      "tidy runs on p-hive1; 1 of 3 tries failed: task: non-zero exit (2)",
      "tidy runs on p-hive1; 2 of 3 tries failed: task: non-zero exit (2)",
    ]);
    expect(endText("tidy", progress, "9 s")).toBe(
      "tidy failed 3 times in 9 s: task: non-zero exit (2).",
    );
  });

  test("that somebody changes meanwhile is over", async () => {
    const swarm = new FakeSwarm(planned("0 3 * * *"), [[["running"]]]);
    swarm.wait = async () => Promise.resolve(swarm.overtake());
    const progress = await runJob(swarm, "hive.example");
    expect(endText("tidy", progress, "1 s")).toContain("was changed during the run");
  });

  test("starts once, however many others write at the same time", async () => {
    const swarm = new FakeSwarm(planned("0 3 * * *"), [[["complete"]]]);
    swarm.rivals = 4;
    await runJob(swarm, "hive.example");
    expect(swarm.changes).toBe(1);
    const crowd = new FakeSwarm(planned("0 3 * * *"));
    crowd.rivals = 9;
    expect(await refusal(crowd)).toContain("Others changed tidy 5 times");
  });

  test.each(["preparing", "running", "failed"])(
    "is refused while one goes on (%s)",
    async (state) => {
      const swarm = new FakeSwarm(startedRun(planned("0 3 * * *"), now));
      swarm.tasks = [swarm.task(state)];
      expect(await refusal(swarm)).toContain("A run of tidy is going on already");
    },
  );

  test("is refused for a run that was started a moment ago, and has no task yet", async () => {
    const swarm = new FakeSwarm(startedRun(planned("0 3 * * *"), now));
    swarm.updatedAt = "2026-11-23T11:59:58.123456789Z";
    expect(await refusal(swarm)).toContain("going on already");
  });

  test("is refused for what is no job, and for what is not of this site", async () => {
    const spec = { ...planned(undefined), Mode: { Replicated: { Replicas: 1 } } };
    expect(await refusal(new FakeSwarm(spec))).toContain("is not a job");
    expect(await refusal(new FakeSwarm(planned(undefined)), "other.example")).toContain(
      "does not belong to the site other.example",
    );
  });
});

describe("what a started run leaves in the Swarm", () => {
  test.each([["0 3 * * *"], [undefined]])(
    "is no change for the next run of hive (%s)",
    (schedule) => {
      const spec = planned(schedule);
      const started = startedRun(spec, now);
      expect(sameValue(fromEngineSpec(started), fromEngineSpec(spec))).toBe(true);
      expect(started.TaskTemplate.ForceUpdate).toBe(1);
      expect(started.Mode).toEqual({ ReplicatedJob: { MaxConcurrent: 1, TotalCompletions: 1 } });
    },
  );

  test("has the time of the run, from which the schedule counts on", () => {
    expect(startedRun(planned("0 3 * * *"), now).Labels).toMatchObject({
      "hive.schedule": "0 3 * * *",
      "hive.schedule.last": "2026-11-23T12:00:00Z",
    });
    expect(startedRun(planned(undefined), now).Labels).not.toHaveProperty("hive.schedule.last");
  });
});
