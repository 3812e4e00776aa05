import type { EngineNode } from "../../model/engine-api/node";
import type { EngineServiceSpec } from "../../model/engine-api/service-spec";
import type { EngineTask } from "../../model/engine-api/task";
import { attemptsAllowed, iteration, serviceMode } from "../../model/service/health";
import { isGoing, type RunProgress, runProgress, startedRun } from "../../model/service/job-run";
import { hostNames } from "../../model/service/progress";
import { taskError } from "../../model/service/task-error";
import { siteLabel } from "../../model/swarm/labels";
import type { ServiceInspection } from "../../providers/swarm-service/client";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { shortName } from "../swarm/facts";

/** A job as the Swarm has it. */
export interface SeenJob {
  readonly service: ServiceInspection;
  readonly tasks: readonly EngineTask[];
  readonly nodes: readonly EngineNode[];
  /** The time on a manager: the scheduler goes by the servers' clocks, not by this computer's. */
  readonly time: Date;
}

/** What a run asks of the Swarm, and how it waits. */
export interface JobControl {
  /** Reads the job. @throws Failure when it is gone */
  read(): Promise<SeenJob>;
  /** Changes the job, unless it has changed since it was read. @returns whether it did */
  change(service: ServiceInspection, spec: EngineServiceSpec): Promise<boolean>;
  /** Waits a moment. @throws Failure when the user has interrupted it */
  wait(): Promise<void>;
  /** Tells what happens. */
  say(text: string): void;
}

/** How often a start is tried when others change the job at the same time. */
const attempts = 5;

/**
 * Starts a job and waits for the end of its run.
 *
 * @param site the site to which it must belong
 * @throws Failure when it cannot be started now; then nothing was changed
 */
export async function runJob(control: JobControl, site: string): Promise<RunProgress> {
  const before = await start(control, site);
  let said = "";
  for (;;) {
    const { service, tasks, nodes } = await control.read();
    const progress = runProgress(service, tasks, before);
    if (!["starting", "running"].includes(progress.kind)) return progress;
    const text = progressText(service, progress, nodes);
    if (text !== said) control.say(text);
    said = text;
    await control.wait();
  }
}

/** @returns the number of the run before this one */
async function start(control: JobControl, site: string): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const { service, tasks, time } = await control.read();
    const { Name: name, Labels: labels } = service.Spec;
    if (labels?.[siteLabel] !== site)
      throw refused(`${name} does not belong to the site ${site}: hive leaves it alone.`);
    if (serviceMode(service.Spec) !== "job")
      throw refused(
        `${name} is not a job: its tasks run all the time. A job has \`mode: { job: {} }\`.`,
      );
    if (isGoing(service, tasks, time)) {
      throw new Failure(
        `A run of ${name} is going on already. \`npx hive logs ${name} --follow\` shows what it prints. Nothing was changed.`,
      );
    }
    if (await control.change(service, startedRun(service.Spec, time))) return iteration(service);
    if (attempt === attempts) {
      throw new Failure(
        `Others changed ${name} ${attempts} times during this start. Run again when they have finished. Nothing was changed.`,
      );
    }
  }
}

function progressText(
  service: ServiceInspection,
  { kind, tasks, failures }: RunProgress,
  nodes: readonly EngineNode[],
): string {
  const { Name: name } = service.Spec;
  const at = tasks.filter(({ Status }) => Status.State === "running");
  const hosts = hostNames(at, nodes).map(shortName);
  const doing =
    kind === "starting" || hosts.length === 0
      ? `${name} starts`
      : `${name} runs on ${hosts.join(", ")}`;
  if (failures.length === 0) return doing;
  const tries = `${failures.length} of ${attemptsAllowed(service)} tries`;
  return `${doing}; ${tries} failed: ${reasonOf(failures)}`;
}

/** How a run ended, in one sentence. @param took its time, as text */
export function endText(name: string, { kind, failures }: RunProgress, took: string): string {
  const count = failures.length;
  switch (kind) {
    case "complete": {
      const before = count === 0 ? "" : `; ${count} ${count === 1 ? "try" : "tries"} before failed`;
      return `${name} is done after ${took}${before}.`;
    }
    case "failed": {
      const times = count === 1 ? `after ${took}` : `${count} times in ${took}`;
      return `${name} failed ${times}: ${reasonOf(failures)}.`;
    }
    case "overtaken":
      return `${name} was changed during the run, so the Swarm ended it. Run it again.`;
    case "starting":
    case "running":
      return `${name} runs.`;
  }
}

function reasonOf([newest]: readonly EngineTask[]): string {
  const { Err: error = "", Message: message = "" } = newest?.Status ?? {};
  const [line = ""] = taskError(error === "" ? message : error).split("\n");
  return line === "" ? "no reason given" : line.replace(/\.$/, "");
}

function refused(text: string): Failure {
  return new Failure(`${text} Nothing was changed.`, exitCodes.input);
}
