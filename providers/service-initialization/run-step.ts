import type Dockerode from "dockerode";

import type { EngineExec } from "../../model/engine-api/container";
import { type InitializationStep, stepInput } from "../../model/initialization/step";
import { lastLines } from "../../model/values/last-lines";
import { withoutSecrets } from "../../model/values/without-secrets";
import { reportProgress } from "../progress/progress-line";
import { runCommand } from "../transport/command";
import { sleep } from "../transport/deadline";
import { withEngine } from "../transport/engine";
import { describeHost, isTransportError, messageOf } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { commandsIn, runInContainer } from "./container-command";
import type { StepOutcome } from "./records";
import { findRunningTask, type RunningTask } from "./running-task";

/** A step and the place where it runs. */
export interface StepRun {
  readonly hosts: readonly HostAccess[];
  readonly service: string;
  readonly serviceId: string;
  readonly step: InitializationStep;
  /** Secret. */
  readonly secrets: readonly string[];
}

/** How long a service may be without a running task. */
const waitSeconds = 120;
/** How often a step is started because its task disappeared meanwhile. */
const attempts = 5;
/** How long a step may take to stop after its deadline, before it is killed. */
const endSeconds = 5;
/** The tasks of a lost host look alive for some more seconds. */
const lostMs = 2000;

/**
 * Runs a step in a running task of its service, on any host. When the task disappears meanwhile,
 * the step runs again in the new task: steps are safe to repeat.
 *
 * @throws Error naming service, step, host, exit code and the last lines of output, without secrets
 */
export async function runStep(run: StepRun): Promise<StepOutcome> {
  const { hosts, service, serviceId, step } = run;
  let reason = "";
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const task = await findRunningTask(hosts, service, serviceId, waitSeconds, () =>
      reportProgress(`${service}: step ${step.name} waits for a running task`),
    );
    reportProgress(`${service}: step ${step.name} runs on ${task.host.name}`);
    try {
      const outcome = await withEngine(
        task.host,
        (docker, signal) => runInTask(docker, run, task, signal),
        // Each of three has the step's deadline: the end of an earlier run, `unless`, and the
        // command.
        { deadlineSeconds: 3 * step.deadlineSeconds + 60 },
      );
      if (outcome !== undefined) {
        reportProgress(`${service}: step ${step.name} ${outcome.detail}`);
        return outcome;
      }
      reason = `the task on ${task.host.name} ended`;
    } catch (error) {
      if (!isTransportError(error, "lost", "unreachable", "engine")) throw error;
      reason = messageOf(error);
    }
    await sleep(lostMs);
  }
  throw new Error(
    `The step '${step.name}' of the service '${service}' was started ${attempts} times, and each time its task disappeared ` +
      `meanwhile; the last time: ${reason}. Look at the service with: npx hive logs ${service}; then run again.`,
  );
}

/** @returns undefined if the task disappeared */
async function runInTask(
  docker: Dockerode,
  run: StepRun,
  task: RunningTask,
  signal: AbortSignal,
): Promise<StepOutcome | undefined> {
  const { step, secrets } = run;
  const { user } = step;
  const { host, containerId } = task;
  await awaitEarlierRun(docker, run, task, signal);
  if (step.unless.length > 0) {
    const question = { command: step.unless, stdin: "", user };
    const answer = await withinDeadline(run, host, (onStart) =>
      runInContainer(docker, containerId, question, signal, onStart),
    );
    if (answer === undefined) return undefined;
    if (answer.code === 0) return { result: "found", detail: `was already done on ${host.name}` };
  }
  const command = { command: step.command, stdin: stepInput(step, secrets), user };
  const end = await withinDeadline(run, host, (onStart) =>
    runInContainer(docker, containerId, command, signal, onStart),
  );
  if (end === undefined) return undefined;
  if (end.code !== 0) throw failure(run, host, end.code, end.output);
  return { result: "done", detail: `done on ${host.name}` };
}

/**
 * An interrupted run leaves its command behind in the container. Two of them at the same time could
 * damage the data. The exit code of the old one says nothing, because its input may have been cut
 * off.
 */
async function awaitEarlierRun(
  docker: Dockerode,
  { service, step }: StepRun,
  { host, containerId }: RunningTask,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + step.deadlineSeconds * 1000;
  for (let looks = 0; ; looks++) {
    const commands = await commandsIn(docker, containerId);
    const old = commands.find(({ ProcessConfig: process }) => {
      const words = [process.entrypoint, ...(process.arguments ?? [])];
      return JSON.stringify(words) === JSON.stringify(step.command);
    });
    if (old === undefined) return;
    if (looks === 0) {
      reportProgress(
        `${service}: step ${step.name} of an interrupted run still runs on ${host.name}; waiting for its end`,
      );
    }
    if (Date.now() > end) {
      await endCommand(host, old.Pid);
      return;
    }
    await sleep(1000, signal);
  }
}

/** Kills the command on its host when it takes too long: the Engine API cannot. */
async function withinDeadline<T>(
  { service, step }: StepRun,
  host: HostAccess,
  work: (onStart: (inspect: () => Promise<EngineExec>) => void) => Promise<T>,
): Promise<T> {
  let inspect: (() => Promise<EngineExec>) | undefined;
  const late = Symbol("late");
  const stop = new AbortController();
  const working = work((ask) => {
    inspect = ask;
  });
  const result = await Promise.race([
    working,
    sleep(step.deadlineSeconds * 1000, stop.signal).then(
      () => late,
      () => late,
    ),
  ]).finally(() => stop.abort());
  if (result !== late) return result as T;
  working.catch(() => undefined);
  const pid = (await inspect?.())?.Pid ?? 0;
  await endCommand(host, pid);
  throw new Error(
    `The step '${step.name}' of the service '${service}' timed out on ${describeHost(host)} after ` +
      `${step.deadlineSeconds} s and was killed. Does it wait for input? If it needs more time, give it a longer 'deadline'; then run again.`,
  );
}

/**
 * Kills the command's process group; the Docker Engine starts each command as the leader of one.
 */
async function endCommand(host: HostAccess, pid: number): Promise<void> {
  if (!Number.isInteger(pid) || pid <= 1) return;
  const kill = `sudo -n kill -s "$1" -- -${pid} 2> /dev/null`;
  const script =
    `stop() { ${kill}; }; stop TERM; ` +
    `for _ in $(seq ${endSeconds}); do stop 0 || exit 0; sleep 1; done; stop KILL`;
  await runCommand(host, script, { deadlineSeconds: endSeconds + 15 }).catch(() => undefined);
}

function failure(
  { service, step, secrets }: StepRun,
  host: HostAccess,
  code: number,
  output: string,
): Error {
  const lines = lastLines(withoutSecrets(output, secrets));
  const printed =
    output === ""
      ? "It printed nothing."
      : `The last lines that it printed:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  return Object.assign(
    new Error(
      `The step '${step.name}' of the service '${service}' failed on ${host.name} with exit code ${code}. ${printed}\n` +
        "Earlier steps are kept. Fix the step or its data, and run again: the run goes on with this step.",
    ),
    { detail: `exit code ${code} on ${host.name}` },
  );
}
