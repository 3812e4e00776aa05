import { lackingTasks } from "../../../../model/swarm/redundancy";
import type { EngineService } from "../../../../model/engine-api/service";
import type { EngineTask } from "../../../../model/engine-api/task";

const service = (id: string, Mode: object) =>
  ({ ID: id, Spec: { Name: id, Mode } }) as unknown as EngineService;
const task = (ServiceID: string, State: string, DesiredState = "running"): EngineTask => ({
  ID: `${ServiceID}-${State}`,
  ServiceID,
  DesiredState,
  Status: { State },
});
const twice = { Replicated: { Replicas: 2 } };

test.each<[string, object, readonly EngineTask[], readonly string[]]>([
  ["all tasks of a service run", twice, [task("a", "running"), task("a", "running")], []],
  [
    "one still starts, or is not healthy yet",
    twice,
    [task("a", "running"), task("a", "starting")],
    ["a 1 of 2"],
  ],
  ["one does not exist yet", twice, [task("a", "running")], ["a 1 of 2"]],
  [
    "a former task is told to end",
    twice,
    [task("a", "running"), task("a", "running", "shutdown")],
    ["a 1 of 2"],
  ],
  ["the tasks are those of another service", twice, [task("b", "running")], ["a 0 of 2"]],
  [
    "a global service waits on one server",
    { Global: {} },
    [task("a", "running"), task("a", "preparing")],
    ["a 1 of 2"],
  ],
  ["a global service runs wherever it should", { Global: {} }, [task("a", "running")], []],
  ["a service is scaled to none", { Replicated: {} }, [], []],
  ["a job runs", { ReplicatedJob: { TotalCompletions: 1 } }, [task("a", "preparing")], []],
  ["a job runs everywhere", { GlobalJob: {} }, [task("a", "preparing")], []],
])("%s", (_, mode, tasks, lacking) => {
  expect(lackingTasks([service("a", mode)], tasks)).toEqual(lacking);
});
