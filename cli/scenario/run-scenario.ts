import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rehearsalNotice } from "../../rehearsal/notice";
import type { RehearsalName } from "../../rehearsal/options";
import { changesBetween } from "../../rehearsal/scenario/changes";
import { lengthText, momentText } from "../../rehearsal/scenario/clock";
import { reportMarkdown } from "../../rehearsal/scenario/markdown";
import { picture } from "../../rehearsal/scenario/picture";
import { reportOf, type ScenarioReport } from "../../rehearsal/scenario/report";
import { serviceHead, serviceRows, verdictText } from "../../rehearsal/scenario/report-rows";
import { allRuns, type Sample, type Watched } from "../../rehearsal/scenario/sample";
import type { Scenario } from "../../rehearsal/scenario/schema";
import { checkTargets, UnknownTarget } from "../../rehearsal/scenario/targets";
import { timelineOf } from "../../rehearsal/scenario/timeline";
import { durationSeconds } from "../../model/values/duration";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { clusterAccess } from "../hosts/outputs";
import { type PresentOutputs, presentOutputs } from "../hosts/stage-outputs";
import { loadPlan } from "../plan";
import { tableLines } from "../table";
import type { Terminal } from "../terminal";
import { runSteps, untilSteady } from "./run-steps";
import { type Reach, type Watch, watchStage } from "./watch";
import { watchedOf } from "./watched";

/** What a scenario runs in. */
export interface ScenarioContext {
  readonly stage: string;
  readonly rehearsal: RehearsalName;
  /** Folder for reports. */
  readonly reports: string;
  readonly terminal: Terminal;
  /** Runs a command of hive in the rehearsal. @returns its exit code */
  readonly runHive: (words: readonly string[], signal: AbortSignal) => Promise<number>;
}

/** How long a stage may take before a scenario until everything runs, seconds. */
const wholeSeconds = 120;

/**
 * Runs a scenario on a stage in rehearsal, which is brought up first where it is not, and writes
 * the report.
 *
 * @returns the exit code: 0 when everything is as the scenario expects
 * @throws Failure when the stage is not whole before the first step, or does not have what the
 *   scenario names
 */
export async function runScenario(scenario: Scenario, context: ScenarioContext): Promise<number> {
  const { terminal, stage } = context;
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error("Interrupted."));
  process.once("SIGINT", interrupt);
  try {
    const outputs = await outputsOfRunningStage(context, interrupted.signal);
    const watched = watchedOf(outputs, loadPlan(stage, "names"), scenario.watch.services);
    checkNames(scenario, watched);
    await untilWhole(watched, outputs, context, interrupted.signal);
    const report = await observe(scenario, {
      watched,
      outputs,
      context,
      signal: interrupted.signal,
    });
    const folder = writeReport(report, context.reports);
    terminal.print(reportText(report, folder, terminal));
    if (interrupted.signal.aborted) return exitCodes.interrupted;
    return report.problems.length === 0 ? exitCodes.ok : exitCodes.failed;
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** The outputs of the stage, which is brought up where it is not. */
async function outputsOfRunningStage(
  { stage, terminal, runHive }: ScenarioContext,
  signal: AbortSignal,
): Promise<PresentOutputs> {
  try {
    const outputs = await presentOutputs(stage);
    if (Object.keys(outputs.services).length > 0) return outputs;
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== exitCodes.failed) throw error;
  }
  terminal.print("The stage is not up in the rehearsal: it is brought up first, in some minutes.");
  const code = await runHive(["up", "--yes"], signal);
  if (code !== exitCodes.ok)
    throw new Failure("The stage did not come up, so the scenario was not begun.", code);
  return await presentOutputs(stage);
}

function checkNames({ steps, watch }: Scenario, watched: Watched): void {
  const unknown = (watch.services ?? []).filter(
    (name) => !watched.services.some((service) => service.name === name),
  );
  if (unknown.length > 0) {
    throw new Failure(
      `watch.services: the stage runs no ${unknown.join(", ")}. Write names of its services, or leave it out for all.`,
      exitCodes.input,
    );
  }
  try {
    checkTargets(steps, watched);
  } catch (error) {
    throw error instanceof UnknownTarget ? new Failure(error.message, exitCodes.input) : error;
  }
}

/** A scenario that begins with a broken stage shows nothing. */
async function untilWhole(
  watched: Watched,
  outputs: PresentOutputs,
  { terminal, stage, runHive }: ScenarioContext,
  signal: AbortSignal,
): Promise<void> {
  const watch = watchStage(watched, reachOf(outputs), 1, () => undefined);
  const look = (seconds: number): Promise<boolean> =>
    untilSteady(watch, (sample) => allRuns(sample, watched), seconds, signal).then(
      () => true,
      () => false,
    );
  try {
    if (await look(wholeSeconds / 4)) return;
    signal.throwIfAborted();
    terminal.print("Not everything runs on the stage: a run puts it in order first.");
    await runHive(["up", "--yes"], signal);
    await renewReach(watch, stage);
    if (await look(wholeSeconds)) return;
  } finally {
    await watch.stop();
  }
  throw new Failure(
    `Not everything runs on the stage, so the scenario was not begun. What is wrong: npx hive rehearse ${stage} status`,
  );
}

/** Does the steps while it watches. */
async function observe(
  scenario: Scenario,
  run: {
    readonly watched: Watched;
    readonly outputs: PresentOutputs;
    readonly context: ScenarioContext;
    readonly signal: AbortSignal;
  },
): Promise<ScenarioReport> {
  const { watched, outputs, context, signal } = run;
  const { terminal, stage } = context;
  const startedAt = new Date().toISOString();
  const say = (at: number, text: string): void =>
    terminal.print(`${momentText(at).padStart(6)}  ${text}`);
  terminal.print(`Scenario ${scenario.name}: ${scenario.description}\n`);
  const everySeconds = durationSeconds(scenario.watch.every) ?? 1;
  let last: Sample | undefined;
  const watch = watchStage(watched, reachOf(outputs), everySeconds, (sample) => {
    for (const change of changesBetween(last, sample, watched)) say(sample.at, `  ${change}`);
    last = sample;
  });
  let steps;
  try {
    steps = await runSteps(scenario.steps, {
      ...{ rehearsal: context.rehearsal, watched, watch, signal },
      onStep: (text) => say(watch.seconds(), terminal.paint("bold", text)),
      runHive: async (words, limit) => {
        const code = await context.runHive(words, limit);
        await renewReach(watch, stage);
        return code;
      },
    });
  } finally {
    await watch.stop();
  }
  const timeline = timelineOf(watch.samples, watched, watch.seconds());
  return reportOf({ scenario, stage, site: outputs.site, startedAt, steps, watched, timeline });
}

/** After a run that replaced servers, their host keys are others. */
async function renewReach(watch: Watch, stage: string): Promise<void> {
  try {
    watch.reach(reachOf(await presentOutputs(stage)));
  } catch {
    // The ways from before hold; that the command failed is told with its exit code.
  }
}

function reachOf(outputs: PresentOutputs): Reach {
  return { access: outputs.access, managers: clusterAccess(outputs) };
}

function writeReport(report: ScenarioReport, reports: string): string {
  const folder = join(reports, `${report.scenario}-${report.startedAt.replace(/[:.]/g, "-")}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "report.md"), reportMarkdown(report));
  writeFileSync(join(folder, "report.json"), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(folder, "picture.svg"), picture(report));
  return folder;
}

function reportText(report: ScenarioReport, folder: string, { paint }: Terminal): string {
  const { problems, timeline } = report;
  const rows = tableLines([serviceHead, ...serviceRows(report)]);
  const verdict = verdictText(report);
  return [
    "",
    `Watched for ${lengthText(timeline.seconds)}.`,
    "",
    ...rows.map((row, index) => `  ${index === 0 ? paint("dim", row) : row}`),
    "",
    paint(problems.length === 0 ? "green" : "red", verdict),
    ...problems.map((problem) => `  - ${problem}`),
    "",
    `The report with a picture: ${folder}`,
    ...rehearsalNotice.slice(3),
  ].join("\n");
}
