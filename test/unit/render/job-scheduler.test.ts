import { agentStep, renderAgentUnit } from "../../../render/agent";
import { colocation } from "../../../render/colocation";
import { scheduler } from "../../../render/job-scheduler";
import { engineStep } from "../../../render/engine";
import { renderDaemonJson } from "../../../render/daemon-json";
import { encode } from "../../../render/shell";
import { hostOf, samplePlan } from "./sample-plan";

const plan = samplePlan();
const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
const repository = plan.hosts.find(({ role }) => role === "repository");

test("the agent's unit", () => {
  expect(renderAgentUnit(scheduler)).toMatchSnapshot();
});

test("every changed file restarts the agents that read it", () => {
  const { files, reactions } = agentStep(scheduler, colocation);
  const readers = files.map(({ path }) =>
    reactions.filter(({ on }) => on.includes(path)).map(({ name }) => name),
  );
  const [both, ...own] = readers;
  expect(both).toEqual(["restart-scheduler", "restart-colocation"]);
  expect(own.map((names) => names.length)).toEqual(own.map(() => 1));
  expect(files.map(({ path }) => path)).toContain("/usr/local/lib/hive/scheduler/scheduler.py");
});

test("they are on the hosts of the cluster only", () => {
  expect(engineStep(plan, hostOf(plan, 0), certificate)).toContain("hive-scheduler.service");
  expect(engineStep(plan, hostOf(plan, 0), certificate)).toContain("hive-colocation.service");
  if (repository === undefined) throw new Error("The sample plan has no repository host.");
  expect(engineStep(plan, repository, certificate)).not.toMatch(/hive-(scheduler|colocation)/);
});

test("a standalone service puts containers of cluster hosts into the host's cgroup namespace", () => {
  const [first] = plan.services;
  if (first === undefined) throw new Error("The sample plan has no service.");
  const standalone = { ...plan, services: [{ ...first, standalone: true }] };
  const text = renderDaemonJson({ standalone: true, newPrivileges: true });
  expect(JSON.parse(text)).toHaveProperty("default-cgroupns-mode", "host");
  expect(JSON.parse(renderDaemonJson())).not.toHaveProperty("default-cgroupns-mode");
  expect(engineStep(standalone, hostOf(plan, 0), certificate)).toContain(encode(text));
  expect(engineStep(plan, hostOf(plan, 0), certificate)).not.toContain(encode(text));
});
