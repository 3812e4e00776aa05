import type { InitializationStep } from "../../../model/initialization/step";
import { serviceInitializationProvider } from "../../../providers/service-initialization/provider";
import type {
  ServiceInitializationInputs,
  ServiceInitializationState,
} from "../../../providers/service-initialization/state";
import { sleep } from "../../../providers/transport/deadline";
import { withEngine } from "../../../providers/transport/engine";
import { withAnyManager } from "../../../providers/transport/manager";
import { proves } from "../../proves";
import type { Lab } from "../lab";
import {
  createLabService,
  eventually,
  inTask,
  runningTask,
  serverOf,
  startSwarmLab,
  taskImage,
} from "../service-lab";

/** One service goes through its whole life, so the tests depend on their order. */
let lab: Lab;
let serviceId: string;
let kept: { id: string; state: ServiceInitializationState };

const secret = "planted-secret";

jest.setTimeout(180_000);

beforeAll(async () => {
  lab = await startSwarmLab({ servers: 3, prefix: "init" });
  serviceId = await createLabService(lab, {
    Name: "store",
    Labels: { "hive.site": "lab.example" },
    TaskTemplate: {
      ContainerSpec: { Image: taskImage, StopGracePeriod: 1e9 },
      RestartPolicy: { Condition: "any", Delay: 0 },
    },
    Mode: { Replicated: { Replicas: 1 } },
    EndpointSpec: { Mode: "dnsrr" },
  });
}, 600_000);
afterAll(() => lab.destroy());

/** A step that runs a script and says in the container that it did. */
function step(name: string, script: string, changes: object = {}): InitializationStep {
  return {
    name,
    command: ["/bin/sh", "-c", `set -e; ${script}; echo ${name} >> /ran`],
    input: "",
    unless: [],
    user: "",
    deadlineSeconds: 60,
    ...changes,
  };
}

const one = step("one", "/bin/busybox cat > /got", { input: "dn: uid=ada\nsn: Lovelace" });
const two = step("two", "/bin/busybox wc -c > /size", {
  input: "0123456789abcdef".repeat(1 << 17),
});

function inputs(
  steps: readonly InitializationStep[],
  secrets: Record<string, string[]> = { one: [secret, "second"] },
): ServiceInitializationInputs {
  return {
    managers: lab.hosts,
    site: "lab.example",
    service: "store",
    serviceId,
    steps,
    secrets,
    revision: "1",
  };
}

/** The steps that ran in the container of now, in order. */
const ran = async (): Promise<string[]> =>
  (await inTask(lab, "store", ["/bin/busybox", "cat", "/ran"])).trim().split("\n");

const records = (): Promise<{ Spec: { Name: string; Labels: Record<string, string> } }[]> =>
  withAnyManager(
    lab.hosts,
    (docker) =>
      docker.listConfigs() as Promise<unknown> as Promise<
        { Spec: { Name: string; Labels: Record<string, string> } }[]
      >,
  );
const recorded = async (): Promise<string[]> =>
  (await records())
    .map(({ Spec }) => `${Spec.Labels["hive.init.step"]} ${Spec.Labels["hive.init.result"]}`)
    .sort();

const update = async (news: ServiceInitializationInputs): Promise<void> => {
  const updated = await serviceInitializationProvider.update?.(kept.id, kept.state, news);
  kept.state = updated?.outs as ServiceInitializationState;
};

describe("the initialization of a service on real engines", () => {
  proves(
    "initialize.name",
    "initialize.command",
    "initialize.secrets",
    "initialize.input",
  )(
    "runs the steps in order in the running task, with secrets and input on standard input",
    async () => {
      const created = await serviceInitializationProvider.create(inputs([one, two]));
      kept = { id: created.id, state: created.outs as ServiceInitializationState };
      expect(kept.state.done.map(({ name }) => name)).toEqual(["one", "two"]);
      expect(await ran()).toEqual(["one", "two"]);
      expect(await inTask(lab, "store", ["/bin/busybox", "cat", "/got"])).toBe(
        `${secret}\nsecond\ndn: uid=ada\nsn: Lovelace`,
      );
      expect((await inTask(lab, "store", ["/bin/busybox", "cat", "/size"])).trim()).toBe("2097152");
      expect(await recorded()).toEqual(["one done", "two done"]);
      const all = JSON.stringify(await records());
      expect(all).not.toContain(secret);
      expect(all).not.toContain(Buffer.from(secret).toString("base64"));
    },
  );

  test("is adopted by a second create, as after a lost state, and refreshes clean", async () => {
    const again = await serviceInitializationProvider.create(inputs([one, two]));
    expect(again).toEqual({ id: kept.id, outs: kept.state });
    expect(await ran()).toEqual(["one", "two"]);
    const seen = await serviceInitializationProvider.read?.(kept.id, kept.state);
    expect(seen).toEqual({ id: kept.id, props: kept.state, inputs: inputs([one, two]) });
  });

  test("runs a changed step again, and no other; what was recorded of the old content goes", async () => {
    await update(inputs([one, { ...two, input: "short" }]));
    expect(await ran()).toEqual(["one", "two", "two"]);
    expect(await recorded()).toEqual(["one done", "two done"]);
    await update(inputs([one, { ...two, input: "short" }], { one: [secret, "other"] }));
    expect(await ran()).toEqual(["one", "two", "two", "one"]);
  });

  proves("initialize.unless")("counts a step as done when its 'unless' says so", async () => {
    const steps = [one, step("three", "true", { unless: ["/bin/busybox", "test", "-e", "/got"] })];
    await update(inputs(steps, { one: [secret, "other"] }));
    expect(await ran()).toEqual(["one", "two", "two", "one"]);
    expect(await recorded()).toEqual(["one done", "three found"]);
  });

  test("a step that fails says where, why and what it printed, without the secret; the run goes on there", async () => {
    const bad = step("bad", "read word; echo no schema for $word >&2; exit 3");
    const last = step("last", "true");
    const failing = inputs([bad, last], { bad: [secret] });
    const before = await ran();
    const failed: unknown = await serviceInitializationProvider
      .create(inputs([step("first", "true"), bad, last], { bad: [secret] }))
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({
      message: expect.stringMatching(
        /step 'bad' of the service 'store' failed on init\d\.lab\.example with exit code 3[^]*no schema for \[secret\][^]*run again/,
      ) as string,
      properties: { steps: [], done: [{ name: "first" }] },
    });
    expect(String(failed)).not.toContain(secret);
    expect(await ran()).toEqual([...before, "first"]);
    expect(await recorded()).toContain("bad failed");
    const { id, properties } = failed as { id: string; properties: ServiceInitializationState };
    expect((await serviceInitializationProvider.diff?.(id, properties, failing))?.changes).not.toBe(
      false,
    );
    kept = { id, state: properties };
    await update(inputs([step("first", "true"), step("bad", "true"), last]));
    expect(await ran()).toEqual([...before, "first", "bad", "last"]);
    expect(await recorded()).toEqual(["bad done", "first done", "last done"]);
  });

  test("a program that is not there is named", async () => {
    const missing = { ...step("missing", ""), command: ["/bin/slapadd", "-q"] };
    await expect(update(inputs([missing]))).rejects.toThrow(
      /step 'missing'[^]*exit code 12[67][^]*\/bin\/slapadd/,
    );
  });

  proves("initialize.user")("a step runs as the user that it names", async () => {
    const before = await ran();
    const who = {
      ...step("who", ""),
      command: ["/bin/sh", "-c", "test $(/bin/busybox id -u) = 1234"],
      user: "1234",
    };
    await update(inputs([who], {}));
    expect(await recorded()).toEqual(["who done"]);
    await expect(update(inputs([{ ...who, user: "" }], {}))).rejects.toThrow(/step 'who'/);
    expect(await ran()).toEqual(before);
  });

  proves("initialize.deadline")(
    "a step that takes too long is ended, in the container too",
    async () => {
      const slow = { ...step("slow", "/bin/busybox sleep 1234"), deadlineSeconds: 2 };
      await expect(update(inputs([slow]))).rejects.toThrow(/step 'slow'[^]*timed out[^]*after 2 s/);
      await eventually("the command is gone", 15, async () => {
        const processes = await inTask(lab, "store", ["/bin/busybox", "ps"]);
        return !processes.includes("sleep 1234");
      });
    },
  );

  test("waits for what an interrupted run left behind, and runs the step anew", async () => {
    const long = step("long", "echo begin >> /order; /bin/busybox sleep 4; echo end >> /order");
    const task = await runningTask(lab, "store");
    const host = lab.hosts[await serverOf(lab, task)];
    if (host === undefined) throw new Error("no host");
    await withEngine(host, async (docker) => {
      const container = docker.getContainer(task.Status.ContainerStatus?.ContainerID ?? "");
      const exec = await container.exec({ Cmd: [...long.command], AttachStdin: true });
      await exec.start({ Detach: true });
    });
    await sleep(1000);
    await update(inputs([long]));
    const order = await inTask(lab, "store", ["/bin/busybox", "cat", "/order"]);
    expect(order.trim().split("\n")).toEqual(["begin", "end", "begin", "end"]);
  });

  test("a record that somebody removed is drift, and its step runs again", async () => {
    const steps = [step("four", "true"), step("five", "true")];
    await update(inputs(steps, {}));
    await withAnyManager(lab.hosts, async (docker) => {
      for (const config of await docker.listConfigs()) {
        const { ID, Spec } = config as unknown as {
          ID: string;
          Spec: { Labels: Record<string, string> };
        };
        if (Spec.Labels["hive.init.step"] === "five") await docker.getConfig(ID).remove();
      }
    });
    const seen = await serviceInitializationProvider.read?.(kept.id, kept.state);
    expect(seen?.inputs?.steps).toEqual([steps[0]]);
    const before = await ran();
    kept.state = { ...kept.state, ...seen?.props };
    expect(
      (await serviceInitializationProvider.diff?.(kept.id, kept.state, inputs(steps, {})))?.changes,
    ).not.toBe(false);
    await update(inputs(steps, {}));
    expect(await ran()).toEqual([...before, "five"]);
  });

  test("a step whose host is lost under it runs where the task is then", async () => {
    const task = await runningTask(lab, "store");
    const lost = await serverOf(lab, task);
    const working = update(inputs([step("moved", "/bin/busybox sleep 6")]));
    await sleep(3000);
    await lab.kill(lost);
    await working;
    expect(await ran()).toEqual(["moved"]);
    const now = await runningTask(lab, "store");
    expect(await serverOf(lab, now)).not.toBe(lost);
    expect(kept.state.done.map(({ name }) => name)).toEqual(["moved"]);
    await lab.start(lost);
  });

  test("leaves no record behind", async () => {
    await serviceInitializationProvider.delete?.(kept.id, kept.state);
    await serviceInitializationProvider.delete?.(kept.id, kept.state);
    expect(await records()).toEqual([]);
  });
});
