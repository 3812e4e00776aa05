import type Dockerode from "dockerode";

import { lastLineCount, lastLines } from "../../model/values/last-lines";
import type { EngineNode } from "../../model/engine-api/node";
import type { EngineTask } from "../../model/engine-api/task";
import type { EngineContainer } from "../../model/engine-api/container";
import { taskError } from "../../model/service/task-error";
import { sleep } from "../transport/deadline";
import { withEngine } from "../transport/engine";
import type { HostAccess } from "../transport/host-access";

/** Reading the output needs the task's own host; a dead one must not hold up the error. */
const logSeconds = 5;

/** Why a task ended. */
export interface TaskReport {
  /** `Task <id> on hive1 failed: task: non-zero exit (1)`. */
  readonly end: string;
  /** The last output of its health check, if that is the reason; else `undefined`. */
  readonly check: { readonly code: number; readonly output: string } | undefined;
  /** Its last output; empty if there is none, or if it could not be read. */
  readonly output: string;
}

/**
 * Finds out why a task ended: host, the Docker Engine's error, the output of its health check, and
 * the last lines that the task printed.
 *
 * @param hosts must include the task's own host, which is asked for the health check
 */
export async function reportTask(
  docker: Dockerode,
  task: EngineTask,
  hosts: readonly HostAccess[],
): Promise<TaskReport> {
  const [node, output] = await Promise.all([nodeName(docker, task), taskOutput(docker, task.ID)]);
  const host = hosts.find(({ name }) => name === node);
  const check = host === undefined ? undefined : await lastCheck(host, task);
  return { end: `Task ${task.ID} on ${node} ${endOf(task, check !== undefined)}`, check, output };
}

/**
 * How a task ended. An unhealthy task may have ended with code 0 when it was told to stop.
 */
export function endOf(
  { Status: { State: state, Err, Message } }: Pick<EngineTask, "Status">,
  unhealthy: boolean,
): string {
  if (unhealthy && Err === undefined) {
    return `was unhealthy, was therefore stopped, and ended (${state})`;
  }
  return `${state}: ${taskError(Err ?? Message ?? "no reason given")}`;
}

/** A report as a part of an error. */
export function reportText({ end, check, output }: TaskReport): string {
  const ended = `Its health check ended with code ${check?.code}`;
  return [
    end,
    ...(check === undefined
      ? []
      : [
          check.output === ""
            ? `${ended} and printed nothing.`
            : `${ended}:\n${indent(check.output)}`,
        ]),
    output === "" ? "It printed nothing." : `The last lines that it printed:\n${indent(output)}`,
  ].join("\n");
}

/** A report in one line, for progress: the last line of the output matters most. */
export function reportLine({ end, check, output }: TaskReport): string {
  const said = (what: string, text: string): string[] => {
    const [last = ""] = lastLines(text).slice(-1);
    return last === "" ? [] : [`${what}: ${last.slice(0, lineCharacters)}`];
  };
  return [
    end,
    ...said("its health check said", check?.output ?? ""),
    ...said("its last line", output),
  ].join("; ");
}

/** Characters of an output line in a progress line. */
const lineCharacters = 200;

/**
 * The last health check of an unhealthy task; its host keeps the container for a while. The Docker
 * Engine's error says that the task was unhealthy, except for a task that ended with code 0 when it
 * was told to stop: there the container says it.
 */
async function lastCheck(host: HostAccess, task: EngineTask): Promise<TaskReport["check"]> {
  const id = task.Status.ContainerStatus?.ContainerID ?? "";
  if (id === "") return undefined;
  try {
    const { State: state } = await withEngine(
      host,
      (docker) => docker.getContainer(id).inspect() as Promise<EngineContainer>,
      { deadlineSeconds: logSeconds },
    );
    const last = state.Health?.Log?.at(-1);
    const unhealthy =
      state.Health?.Status === "unhealthy" || (task.Status.Err ?? "").includes("unhealthy");
    if (!unhealthy || last === undefined) return undefined;
    return { code: last.ExitCode, output: last.Output.trim() };
  } catch {
    // The container is gone, or its host.
    return undefined;
  }
}

async function nodeName(docker: Dockerode, task: EngineTask): Promise<string> {
  if (task.NodeID === undefined || task.NodeID === "") {
    return "no host";
  }
  const nodes = (await docker.listNodes()) as unknown as EngineNode[];
  return nodes.find(({ ID }) => ID === task.NodeID)?.Description.Hostname ?? task.NodeID;
}

/** Fields that the client's type declarations lack. */
interface TaskWithLogs {
  logs(options: {
    readonly stdout: boolean;
    readonly stderr: boolean;
    readonly follow: boolean;
    readonly tail: number;
  }): Promise<Buffer | NodeJS.ReadableStream>;
}

/** The end of a task's output; empty if it cannot be read in time. */
async function taskOutput(docker: Dockerode, id: string): Promise<string> {
  const read = async (): Promise<string> => {
    const task = docker.getTask(id) as unknown as TaskWithLogs;
    const stream = await task.logs({
      stdout: true,
      stderr: true,
      follow: false,
      tail: lastLineCount,
    });
    if (Buffer.isBuffer(stream)) {
      return withoutFrames(stream);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
    }
    return withoutFrames(Buffer.concat(chunks));
  };
  try {
    return await Promise.race([read(), sleep(logSeconds * 1000).then(() => "")]);
  } catch {
    // An error about the output would hide the one that matters.
    return "";
  }
}

/**
 * Output without the 8-byte headers that the Docker Engine puts before each piece (Engine API,
 * attach).
 */
export function withoutFrames(output: Buffer): string {
  const pieces: Buffer[] = [];
  let at = 0;
  while (at + 8 <= output.length) {
    const stream = output[at] ?? 255;
    if (stream > 2 || output[at + 1] !== 0) {
      // A task with a terminal has no headers.
      return output.toString("utf8").trim();
    }
    const length = output.readUInt32BE(at + 4);
    pieces.push(output.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces).toString("utf8").trim();
}

/** The last lines, indented; the first one may have lost its beginning. */
function indent(text: string): string {
  return lastLines(text)
    .map((line) => `  ${line}`)
    .join("\n");
}
