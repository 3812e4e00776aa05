import { packed } from "../../providers/framework/packed";
import { returningStepProvider } from "../../providers/returning-step/provider";
import { type FakeSwarm, startFakeSwarm } from "./fake/fake-swarm";
import type { Properties } from "./provider-server";
import { providerUnderTest } from "./provider-under-test";

const names = ["hive0.example", "hive1.example", "hive2.example"];
const server = providerUnderTest(packed("returning-step", returningStepProvider));
let swarm: FakeSwarm;

beforeEach(async () => {
  swarm = await startFakeSwarm(names);
});
afterEach(() => swarm.stop());

/** The step of the second host. */
const inputs = (changes: Properties = {}): Properties => ({
  host: swarm.hosts[1]!.access,
  incarnation: "i-1",
  machine: "i-1 t3.medium",
  step: "engine",
  script: "converge the engine",
  timeoutSeconds: 30,
  state: "converged",
  revision: "1",
  swarm: {
    heartbeatSeconds: 2,
    taskHistoryLimit: 5,
    members: swarm.hosts.map(({ access }, index) => ({
      access,
      advertiseAddress: `10.0.0.${index + 1}`,
      labels: { "hive.zone": `zone-${index}` },
      incarnation: "",
    })),
  },
  ...changes,
});
const replaced = { incarnation: "i-2", machine: "i-2 t3.medium" };
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => "it succeeded", String);

describe("ReturningStep", () => {
  test("of a first run does its step and asks no Swarm; unchanged, it has no diff", async () => {
    const { id, outs } = await server.create(inputs());
    expect(outs).toEqual({ ...inputs(), missing: false });
    expect(swarm.writes()).toEqual([]);
    expect(await server.diff(id, outs, inputs())).toMatchObject({ changes: false });
  });

  test("of a server that was not away touches no Swarm", async () => {
    swarm.form();
    const { id, outs } = await server.create(inputs());
    const before = swarm.writes().length;
    await server.update(id, outs, inputs({ script: "converge it in another way" }));
    expect(swarm.writes()).toHaveLength(before);
  });

  test("of a replaced server is done when it is a manager again, and its dead node is gone", async () => {
    swarm.form();
    const { id, outs } = await server.create(inputs());
    const before = swarm.hosts[1]!.nodeId;
    swarm.hosts[1]!.forget();
    expect((await server.diff(id, outs, inputs(replaced))).changes).toBe(true);
    const after = await server.update(id, outs, inputs(replaced));
    expect(after).toMatchObject({ ...replaced, missing: false });
    expect(swarm.hosts[1]!.nodeId).toEqual(expect.any(String));
    expect(swarm.hosts[1]!.nodeId).not.toBe(before);
    expect(swarm.nodes.map(({ Description }) => Description.Hostname).sort()).toEqual(names);
  });

  test("of a server that was replaced before there was a Swarm does nothing more", async () => {
    const { id, outs } = await server.create(inputs());
    await server.update(id, outs, inputs(replaced));
    expect(swarm.nodes).toEqual([]);
  });

  test("of a server that got another type waits for it, and leaves its membership as it is", async () => {
    swarm.form();
    const { id, outs } = await server.create(inputs());
    const before = swarm.hosts[1]!.nodeId;
    await swarm.hosts[1]!.die();
    const update = server.update(id, outs, inputs({ machine: "i-1 t3.large" }));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await swarm.hosts[1]!.revive();
    expect(await update).toMatchObject({ machine: "i-1 t3.large", missing: false });
    expect(swarm.hosts[1]!.nodeId).toBe(before);
  });

  test("ends the run when no other server answers: they may be in a Swarm without it", async () => {
    swarm.form();
    const { id, outs } = await server.create(inputs());
    swarm.hosts[1]!.forget();
    await swarm.hosts[0]!.die();
    await swarm.hosts[2]!.die();
    const failure = await failureOf(server.update(id, outs, inputs(replaced)));
    expect(failure).toMatch(/hive0\.example does not answer.*no Swarm is created/);
    expect(swarm.hosts[1]!.nodeId).toBeUndefined();
  });

  test("ends the run when the Swarm has no majority: no other server may go away then", async () => {
    swarm.form();
    const { id, outs } = await server.create(inputs());
    swarm.hosts[1]!.forget();
    await swarm.hosts[2]!.die();
    const failure = await failureOf(server.update(id, outs, inputs(replaced)));
    expect(failure).toMatch(/hive2\.example/);
  });
});
