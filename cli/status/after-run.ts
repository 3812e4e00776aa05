import type { Plan } from "../../model/plan";
import { exitCodes } from "../exit-codes";
import { presentOutputsOf, type PresentOutputs } from "../hosts/stage-outputs";
import type { Stack } from "../pulumi/stack";
import type { Terminal } from "../terminal";
import { collectStatus } from "./collect";
import type { StatusReport } from "./report";
import { problemLines } from "./status-text";

/** What is wrong right after a run may pass: it is looked at again for so long, seconds. */
const patienceSeconds = 6;
/** The same while something is on its way that the run has set off. */
const settlingSeconds = 30;
const pauseMs = 1000;

/** The judgement of `hive status` at the end of a run. */
export interface Judgement {
  readonly outputs: PresentOutputs;
  readonly report: StatusReport;
}

/**
 * Judges a stage as `hive status` does, at the end of a run that succeeded. What is wrong is looked
 * at again for a few seconds: a task that was moved starts, a server that was resumed comes back.
 */
export async function judgeAfterRun(stack: Stack, plan: Plan): Promise<Judgement> {
  const outputs = await presentOutputsOf(stack);
  const begin = Date.now();
  for (;;) {
    const report = await collectStatus(outputs, plan);
    const waited = (Date.now() - begin) / 1000;
    const patience = isSettling(report) ? settlingSeconds : patienceSeconds;
    if (report.problems.length === 0 || waited > patience) return { outputs, report };
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Whether something that is wrong is on its way to be right. Pure. */
export function isSettling({ cluster, hosts, services }: StatusReport): boolean {
  const isComingBack = hosts.some(
    ({ reachable, swarm }) => reachable && swarm !== undefined && swarm.state !== "ready",
  );
  const isStarting = services.some(
    ({ job, running, wanted, update }) =>
      job === undefined &&
      // Also while none starts, or the last one failed: on a server that has just come back, the
      // first tasks may find its Docker Engine not ready for the Swarm's networks.
      (running < wanted || ["updating", "rollback_started"].includes(update?.state ?? "")),
  );
  // The task runs and its program does not listen yet, or a new server has no routing mesh yet.
  const isSilent = services.some(
    ({ addresses, silentRoutes = [] }) =>
      silentRoutes.length > 0 || addresses.some(({ answers }) => answers === false),
  );
  return !cluster.answers || isComingBack || isStarting || isSilent;
}

/** The exit code of a run that ended with this report. */
export function exitCodeOf({ problems }: Pick<StatusReport, "problems">): number {
  return problems.length === 0 ? exitCodes.ok : exitCodes.notWhole;
}

/** Judges after a run, prints what is wrong, and returns the exit code. */
export async function endWithJudgement(
  stack: Stack,
  plan: Plan,
  terminal: Terminal,
): Promise<number> {
  const { report } = await judgeAfterRun(stack, plan);
  const { problems } = report;
  if (problems.length > 0) terminal.print(`\n${problemLines(problems, terminal.paint).join("\n")}`);
  return exitCodeOf(report);
}
