import fc from "fast-check";
import { PassThrough } from "node:stream";
import type { SwarmFacts } from "../../../cli/swarm/facts";
import type { EngineNode } from "../../../model/engine-api/node";
import type { EngineService } from "../../../model/engine-api/service";
import type { EngineTask } from "../../../model/engine-api/task";
import { writeTo } from "../../../cli/tasks/exec";
import { FrameReader } from "../../../cli/tasks/frames";
import { chooseTasks, runningTasks, serviceNamed } from "../../../cli/tasks/running-tasks";

const hosts = [0, 1, 2, 10].map((index) => ({ name: `p-hive${index}.hive.example` }));
const node = (index: number, state: EngineNode["Status"]["State"] = "ready"): EngineNode => ({
  ID: `n${index}`,
  Description: { Hostname: `p-hive${index}.hive.example` },
  Spec: { Role: "manager", Availability: "active" },
  Status: { State: state },
});
const task = (id: string, index: number, more: Partial<EngineTask> = {}): EngineTask => ({
  ID: id,
  ServiceID: "s",
  NodeID: `n${index}`,
  Slot: 0,
  DesiredState: "running",
  Status: { State: "running", ContainerStatus: { ContainerID: `c-${id}` } },
  ...more,
});
const named = (id: string, name: string): EngineService => ({
  ID: id,
  Spec: { Name: name, Mode: {}, TaskTemplate: { ContainerSpec: { Image: name } } },
});
const service = named("s", "web");
const facts = (tasks: readonly EngineTask[], down: readonly number[] = []): SwarmFacts => ({
  nodes: [0, 1, 2, 10].map((index) => node(index, down.includes(index) ? "down" : "ready")),
  services: [service, named("o", "other")],
  tasks,
  configs: [],
});

describe("running tasks in order", () => {
  test("by slot; those of a global service by host, 2 before 10", () => {
    const slots = [task("b", 0, { Slot: 2 }), task("a", 1, { Slot: 1 })];
    expect(runningTasks(facts(slots), service).map(({ name }) => name)).toEqual(["web.1", "web.2"]);
    const all = [task("x", 10), task("y", 2), task("z", 0)];
    expect(runningTasks(facts(all), service).map(({ host, replica }) => [host, replica])).toEqual([
      ["p-hive0.hive.example", 1],
      ["p-hive2.hive.example", 2],
      ["p-hive10.hive.example", 3],
    ]);
  });

  test("what does not run, runs for another service, or on a lost host, is not among them", () => {
    const tasks = [
      task("a", 0, { Status: { State: "failed", ContainerStatus: { ContainerID: "c" } } }),
      task("b", 1, { ServiceID: "o" }),
      task("c", 2),
      task("d", 1, { Status: { State: "running" } }),
    ];
    expect(runningTasks(facts(tasks, [2]), service)).toEqual([]);
  });

  test("one that is about to be stopped comes last", () => {
    const tasks = [
      task("old", 0, { Slot: 1, DesiredState: "shutdown" }),
      task("new", 1, { Slot: 2 }),
    ];
    expect(runningTasks(facts(tasks), service).map(({ taskId }) => taskId)).toEqual(["new", "old"]);
  });

  test("those of which a new leader has not heard yet are among them, last", () => {
    const known = facts([task("a", 0, { Slot: 1 }), task("b", 1, { Slot: 2 })]);
    const after = { ...known, nodes: [node(0, "unknown"), node(1)] };
    expect(runningTasks(after, service).map(({ taskId }) => taskId)).toEqual(["b", "a"]);
  });
});

describe("which one is meant", () => {
  const tasks = runningTasks(
    facts([task("a", 0, { Slot: 1 }), task("b", 1, { Slot: 2 }), task("c", 1, { Slot: 3 })]),
    service,
  );
  const choose = (request: { replica?: number; host?: string }) =>
    chooseTasks(tasks, { service: "web", ...request }, hosts).map(({ taskId }) => taskId);

  test("any of them, the first one first; one by number; one by host; one by both", () => {
    expect(choose({})).toEqual(["a", "b", "c"]);
    expect(choose({ replica: 2 })).toEqual(["b"]);
    expect(choose({ host: "hive1" })).toEqual(["b"]);
    expect(choose({ host: "1", replica: 2 })).toEqual(["c"]);
  });

  test.each([
    [{ replica: 4 }, /no running task number 4\. Running tasks:\n {2}1 {2}web\.1 on p-hive0/],
    [{ host: "hive2" }, /No task of web runs on p-hive2\. Running tasks:/],
    [{ host: "hive9" }, /No host of this stage matches "hive9"/],
  ])("%j is refused with what there is", (request, why) => {
    expect(() => choose(request)).toThrow(why);
  });

  test("none runs", () => {
    expect(() => chooseTasks([], { service: "web" }, hosts)).toThrow(/No task of web runs/);
  });

  test("an unknown service: the near one, or all", () => {
    const { services } = facts([]);
    expect(() => serviceNamed(services, "othre")).toThrow(/Did you mean other\?/);
    expect(() => serviceNamed(services, "database")).toThrow(/Services: other, web\./);
    expect(() => serviceNamed([], "web")).toThrow(/There are no services yet/);
  });
});

test("both outputs are taken apart, however the stream is cut", () => {
  const piece = fc.record({
    stream: fc.constantFrom("stdout" as const, "stderr" as const),
    data: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(400)), (pieces, cuts) => {
      const whole = Buffer.concat(
        pieces.flatMap(({ stream, data }) => {
          const header = Buffer.alloc(8);
          header[0] = stream === "stdout" ? 1 : 2;
          header.writeUInt32BE(data.length, 4);
          return [header, data];
        }),
      );
      const reader = new FrameReader();
      const seen = [];
      let rest = whole;
      for (const cut of cuts) {
        seen.push(...reader.take(rest.subarray(0, cut)));
        rest = rest.subarray(cut);
      }
      seen.push(...reader.take(rest));
      expect(seen).toEqual(pieces);
    }),
  );
});

test("a reader that goes away is noticed, a slow one is waited for", async () => {
  const slow = new PassThrough({ highWaterMark: 2 });
  const written = writeTo(slow, "much");
  setTimeout(() => slow.resume(), 20);
  expect(await written).toBe(true);
  const gone = new PassThrough({ highWaterMark: 2 });
  const waiting = writeTo(gone, "much");
  setTimeout(() => gone.destroy(), 20);
  expect(await waiting).toBe(false);
  expect(await writeTo(gone, "more")).toBe(false);
});
