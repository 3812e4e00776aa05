import {
  inspectService,
  listServiceTasks,
  replaceSpec,
} from "../../providers/swarm-service/client";
import type { EngineNode } from "../../model/engine-api/node";
import { engineTime } from "../../model/values/engine-time";
import { sleep } from "../../providers/transport/deadline";
import type { HostAccess } from "../../providers/transport/host-access";
import { withAnyManager } from "../../providers/transport/manager";
import { closeIdleConnections } from "../../providers/transport/pool";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { clusterAccess } from "../hosts/outputs";
import { stageOutputs } from "../hosts/stage-outputs";
import { endText, type JobControl, runJob, type SeenJob } from "../jobs/run-job";
import { showLogs } from "../logs/show-logs";
import { duration } from "../progress/view";
import { askSwarm, electionSeconds } from "../swarm/facts";
import { serviceNamed } from "../tasks/running-tasks";
import { processTerminal } from "../terminal";

/** Time between two looks at a run, milliseconds. */
const lookMs = 1000;

/** `hive run`: runs a job now, waits for its end and shows what it printed. */
export async function runNow(options: {
  readonly stack: string;
  readonly job: string;
  readonly tail: number | "all";
}): Promise<number> {
  const terminal = processTerminal();
  const outputs = await stageOutputs(options.stack);
  const hosts = clusterAccess(outputs);
  const facts = await askSwarm(hosts, electionSeconds);
  const { ID: id } = serviceNamed(facts.services, options.job);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => interrupted.abort(goesOn(options.job)));
  const began = Date.now();
  const progress = await runJob(
    {
      read: () => readJob(hosts, id, options.job),
      change: (service, spec) =>
        withAnyManager(hosts, (docker) => replaceSpec(docker, service, spec)),
      wait: () => sleep(lookMs, interrupted.signal),
      say: (text) => terminal.printError(text),
    } satisfies JobControl,
    outputs.site,
  );
  const own = new Set(progress.tasks.map(({ ID }) => ID));
  await showLogs(
    hosts,
    { service: options.job, tail: options.tail, since: 0, wanted: ({ taskId }) => own.has(taskId) },
    { terminal, timestamps: false },
  );
  closeIdleConnections();
  const isDone = progress.kind === "complete";
  const text = endText(options.job, progress, duration(Date.now() - began));
  terminal.printError(terminal.paint(isDone ? "green" : "red", text));
  return isDone ? exitCodes.ok : exitCodes.failed;
}

async function readJob(hosts: readonly HostAccess[], id: string, name: string): Promise<SeenJob> {
  return await withAnyManager(
    hosts,
    async (docker) => {
      const [service, tasks, nodes, { SystemTime: time }] = await Promise.all([
        inspectService(docker, id),
        listServiceTasks(docker, id),
        docker.listNodes() as Promise<unknown> as Promise<EngineNode[]>,
        docker.info() as Promise<{ readonly SystemTime: string }>,
      ]);
      if (service === undefined)
        throw new Failure(`${name} is no longer in the Swarm: somebody removed it.`);
      return { service, tasks, nodes, time: new Date(engineTime(time)) };
    },
    { repeatable: true },
  );
}

function goesOn(name: string): Failure {
  return new Failure(
    `Interrupted. ${name} goes on: \`npx hive status\` shows how it ends, \`npx hive logs ${name}\` what it prints.`,
    exitCodes.interrupted,
  );
}
