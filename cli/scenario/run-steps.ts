import { durationSeconds, secondsOr } from "../../model/values/duration";
import { sleep } from "../../providers/transport/deadline";
import { setFaults } from "../../rehearsal/folder";
import type { RehearsalName } from "../../rehearsal/options";
import type { StepDone } from "../../rehearsal/scenario/report";
import { allRuns, movableRuns, type Sample, type Watched } from "../../rehearsal/scenario/sample";
import type { Step } from "../../rehearsal/scenario/schema";
import { serverNamed, zoneServers } from "../../rehearsal/scenario/targets";
import {
  killInstances,
  powerInstances,
  type RehearsedInstance,
  rehearsedInstances,
} from "../../rehearsal/servers";
import type { Watch } from "./watch";

/** What steps act on. */
export interface Stage {
  readonly rehearsal: RehearsalName;
  readonly watched: Watched;
  readonly watch: Watch;
  /** Runs a command of hive in the rehearsal. @returns its exit code */
  readonly runHive: (words: readonly string[], signal: AbortSignal) => Promise<number>;
  /** Is called when a step begins. */
  readonly onStep: (text: string) => void;
  /** Ends the scenario. */
  readonly signal: AbortSignal;
}

/** What {@link heal} does, in words. */
const healing = "start what was taken down";

/** How long a step may take that says nothing of it, seconds. */
const defaultSeconds = { run: 900, "wait-until": 300 };

/** How long what a step waits for has to hold, seconds: longer than an answer takes to be old. */
const steadySeconds = 6;

/**
 * Does the steps, one after the other; the first one that fails is the last one. What the scenario
 * took down is started again at the end, and no error is left set.
 *
 * @returns the steps that were begun
 */
export async function runSteps(steps: readonly Step[], stage: Stage): Promise<readonly StepDone[]> {
  const { watch } = stage;
  const done: StepDone[] = [];
  /** Private addresses of the servers that the scenario took down. */
  const down = new Set<string>();
  for (const step of steps) {
    const from = watch.seconds();
    const begun: { text?: string } = {};
    const onStep = (text: string): void => {
      begun.text = text;
      stage.onStep(text);
    };
    const failure = await failureOf(doStep(step, { ...stage, onStep }, down));
    const ended = { text: begun.text ?? "?", from, to: watch.seconds() };
    done.push(failure === undefined ? ended : { ...ended, failure });
    if (failure !== undefined) break;
  }
  const from = watch.seconds();
  const failure = await failureOf(heal(stage, down));
  // No reason to lose the report.
  if (failure !== undefined) done.push({ text: healing, from, to: watch.seconds(), failure });
  return done;
}

/** Why something failed. Undefined: it did not. */
async function failureOf(work: Promise<void>): Promise<string | undefined> {
  return await work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

async function doStep(step: Step, stage: Stage, down: Set<string>): Promise<void> {
  const { rehearsal, watched, watch, signal, onStep } = stage;
  if (step["kill-zone"] !== undefined) {
    const { zone, servers } = zoneServers(step["kill-zone"], watched, watch.samples.at(-1));
    onStep(`kill the zone ${zone}: ${servers.map(({ name }) => name).join(", ")}`);
    const addresses = servers.map(({ privateAddress }) => privateAddress);
    for (const address of addresses) down.add(address);
    await killInstances(await instancesAt(rehearsal, addresses));
  } else if (step["stop-server"] !== undefined) {
    const { name, privateAddress } = serverNamed(step["stop-server"], watched);
    onStep(`stop ${name}`);
    down.add(privateAddress);
    await powerInstances(
      rehearsal,
      "StopInstances",
      await instancesAt(rehearsal, [privateAddress]),
    );
  } else if (step.heal !== undefined) {
    onStep(healing);
    await heal(stage, down);
  } else if (step.run !== undefined) {
    const seconds = secondsOr(step.within, defaultSeconds.run);
    onStep(`hive ${step.run}`);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
    const code = await stage.runHive(step.run.split(/\s+/), limit);
    signal.throwIfAborted();
    if (limit.aborted) throw new Error(`it did not end within ${seconds} s.`);
    const expected = step["exit-codes"] ?? [0];
    if (!expected.includes(code))
      throw new Error(`it ended with exit code ${code}; expected: ${expected.join(" or ")}.`);
  } else if (step.fault !== undefined) {
    const { call, ...fault } = step.fault;
    onStep(`AWS answers ${call} with ${fault.code}, ${fault.times} times`);
    setFaults(rehearsal.folder, { [call]: fault });
  } else if (step["wait-until"] !== undefined) {
    const condition = step["wait-until"];
    onStep(`wait until ${condition}`);
    const runs = condition === "all services run" ? allRuns : movableRuns;
    const holds = (sample: Sample): boolean => runs(sample, watched);
    await untilSteady(watch, holds, secondsOr(step.within, defaultSeconds["wait-until"]), signal);
  } else if (step.wait !== undefined) {
    onStep(`wait ${step.wait}`);
    await sleep((durationSeconds(step.wait) ?? 0) * 1000, signal);
  }
}

/**
 * Waits until something holds in every look for a while. @throws Error when that takes too long
 */
export async function untilSteady(
  watch: Watch,
  holds: (sample: Sample) => boolean,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const begin = watch.seconds();
  for (;;) {
    const recent = watch.samples.filter(({ at }) => at >= watch.seconds() - steadySeconds);
    const isLongEnough = watch.seconds() - begin > steadySeconds;
    if (isLongEnough && recent.length > 0 && recent.every(holds)) return;
    if (watch.seconds() - begin > seconds) throw new Error(`not within ${seconds} s.`);
    await sleep(500, signal);
  }
}

/** Starts what the scenario took down, and takes errors back that it set. Can be repeated. */
async function heal({ rehearsal }: Stage, down: Set<string>): Promise<void> {
  setFaults(rehearsal.folder, {});
  await powerInstances(rehearsal, "StartInstances", await instancesAt(rehearsal, [...down]));
  down.clear();
}

async function instancesAt(
  rehearsal: RehearsalName,
  addresses: readonly string[],
): Promise<readonly RehearsedInstance[]> {
  if (addresses.length === 0) return [];
  const all = await rehearsedInstances(rehearsal);
  return all.filter(({ privateAddress }) => addresses.includes(privateAddress));
}
