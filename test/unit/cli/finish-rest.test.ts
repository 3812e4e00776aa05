import { finishRest } from "../../../cli/pulumi/finish-rest";
import { RunFailure, runOnStack } from "../../../cli/pulumi/session";
import type { Stack } from "../../../cli/pulumi/stack";
import { readResource } from "../../../cli/pulumi/state";
import { exitCodes } from "../../../cli/exit-codes";
import { Failure } from "../../../cli/failure";
import { askStageSwarm } from "../../../cli/hosts/stage-swarm";
import { initialProgress } from "../../../cli/progress/progress";
import type { Terminal } from "../../../cli/terminal";

jest.mock("../../../cli/pulumi/session", () => ({
  ...jest.requireActual<object>("../../../cli/pulumi/session"),
  runOnStack: jest.fn(),
}));
jest.mock("../../../cli/hosts/stage-swarm");

const urnOf = (phase: string, name: string): string =>
  `urn:pulumi:private::hive::hive:phase:${phase}$pulumi-nodejs:dynamic/hive:SwarmService::${name}`;
const gate = urnOf("DeployServices", "service-gate-service");
const old = readResource({ urn: urnOf("DeployServices", "service-old-service"), id: "old" });

const printed: string[] = [];
const terminal = { print: (text: string) => void printed.push(text) } as Terminal;

/** What the engine was asked to do, and what the run ended with. */
async function finish(
  failed: string,
  isLeft = true,
): Promise<{ readonly failure: Failure; readonly asked: readonly string[][] }> {
  const steps = isLeft ? [{ operation: "delete", urn: old.urn, states: [old] }] : [];
  const stack = {
    preview: jest.fn(() => Promise.resolve(steps)),
    state: () => Promise.resolve({ resources: [old], pending: [] }),
  } as unknown as Stack;
  const progress = { ...initialProgress("build"), failed: [failed] };
  const first = new RunFailure("Full log: first.log", exitCodes.failed, progress);
  const failure = await finishRest(stack, first, [old], terminal);
  const asked = jest.mocked(runOnStack).mock.calls.map(([, args]) => [...args]);
  if (failure !== first) expect(failure.message).toContain("Full log: first.log");
  return { failure, asked };
}

beforeEach(() => {
  jest.resetAllMocks();
  printed.length = 0;
});

test("does the rest by its URNs, says what it is before, and ends with the failure", async () => {
  const { failure, asked } = await finish(gate);
  expect(asked).toEqual([["up", "--yes", "--skip-preview", "--target", old.urn]]);
  expect(printed.join()).toContain("The run continues with what does not need gate: removes old.");
  expect(failure.message).toMatch(/^gate failed \(see above\); the rest of the run was done\.\n/);
  expect(failure.exitCode).toBe(exitCodes.failed);
});

test("where nothing is left to do, the failure is all that is said", async () => {
  const { failure, asked } = await finish(gate, false);
  expect([failure.message, asked, printed]).toEqual(["Full log: first.log", [], []]);
});

test("where a server's set-up failed, nothing is looked at or done", async () => {
  const { failure, asked } = await finish(urnOf("SetupHosts", "setup-hive0-engine"));
  expect([failure.message, asked]).toEqual(["Full log: first.log", []]);
});

test("without a manager that answers nothing is removed: it would be forgotten", async () => {
  jest.mocked(askStageSwarm).mockRejectedValue(new Error("No manager of the Swarm answers."));
  const { failure, asked } = await finish(gate);
  expect(asked).toEqual([]);
  expect(failure.message).toContain(
    "the rest of the run is not complete: No manager of the Swarm answers.",
  );
  expect(failure.exitCode).toBe(exitCodes.failed);
});

test.each([
  ["fails too", exitCodes.failed, exitCodes.failed],
  ["is interrupted", exitCodes.interrupted, exitCodes.interrupted],
])("a rest that %s is told, and what failed first too", async (_, code, exitCode) => {
  jest.mocked(runOnStack).mockRejectedValue(new Failure("Full log: second.log", code));
  const { failure } = await finish(gate);
  expect(failure.message).toMatch(
    /^gate failed \(see above\); the rest of the run is not complete: Full log: second\.log\n/,
  );
  expect(failure.exitCode).toBe(exitCode);
});
