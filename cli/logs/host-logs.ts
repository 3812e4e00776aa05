import type Dockerode from "dockerode";
import { setMaxListeners } from "node:events";
import type { Readable } from "node:stream";
import { sleep } from "../../providers/transport/deadline";
import { withEngine } from "../../providers/transport/engine";
import { isTransportError, messageOf } from "../../providers/transport/errors";
import type { HostAccess } from "../../providers/transport/host-access";
import { shortName } from "../swarm/facts";
import { taskLabel, type TaskLabel } from "./label";
import { type LogLine, LogLineReader } from "./log-lines";

/** Which output of a service is wanted. */
export interface LogRequest {
  readonly service: string;
  /** Last lines of each task. */
  readonly tail: number | "all";
  /** Seconds since 1970; 0: from the beginning. */
  readonly since: number;
  /** Whether a task is wanted. */
  readonly wanted: (task: TaskLabel) => boolean;
}

/** What takes the lines. */
export interface LogSink {
  lines(task: TaskLabel, lines: readonly LogLine[]): void;
  /** A message for the user, e.g. that a host does not answer. */
  note(text: string): void;
}

/** Limit for opening a connection, seconds. */
const dialSeconds = 4;
/** Limit for reading what one host has, seconds. */
const readSeconds = 60;
/** How many containers of a host are read at the same time: a host has few channels. */
const atATime = 4;
/**
 * How many containers are followed over one connection: each occupies a channel for as long as it
 * runs.
 */
const followedAtOnce = 6;
/** Time before hive connects to a lost host again. */
const againMs = 3000;

/**
 * Reads the output of all tasks of a service on a host, also of those that have ended. Reports a
 * host that does not answer.
 */
export async function readHostLogs(
  host: HostAccess,
  request: LogRequest,
  sink: LogSink,
): Promise<void> {
  try {
    await withEngine(
      host,
      async (docker) => {
        const containers = await listTasks(docker, host, request);
        const queue = [...containers];
        const work = async (): Promise<void> => {
          for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
            await readContainer(docker, next, request, sink, false);
          }
        };
        await Promise.all(Array.from({ length: atATime }, work));
      },
      { deadlineSeconds: readSeconds, dialSeconds },
    );
  } catch (error) {
    if (!isTransportError(error)) throw error;
    sink.note(`The logs of ${shortName(host.name)} are missing: ${messageOf(error)}`);
  }
}

/**
 * Follows the output of all tasks of a service on a host, also of those that start later, until
 * `signal` is aborted. Connects to a lost host again; the output that was missed comes then.
 */
export async function followHostLogs(
  host: HostAccess,
  request: LogRequest,
  sink: LogSink,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Map<string, string>();
  const remembering: LogSink = {
    note: (text) => sink.note(text),
    lines: (task, lines) => {
      // A new connection begins at the time of the last line, so it delivers that line again.
      const last = seen.get(task.taskId) ?? "";
      const fresh = lines.filter(({ time }) => time > last || time === "");
      const newest = fresh.at(-1)?.time ?? "";
      if (newest !== "") seen.set(task.taskId, newest);
      if (fresh.length > 0) sink.lines(task, fresh);
    },
  };
  let from = request;
  let told = false;
  while (!signal.aborted) {
    let connected = false;
    try {
      await withEngine(
        host,
        (docker, inner) => {
          connected = true;
          if (told) sink.note(`${shortName(host.name)} answers again.`);
          told = false;
          return followEngine(docker, host, from, remembering, inner);
        },
        { deadlineSeconds: Infinity, dialSeconds, signal },
      );
    } catch (error) {
      if (signal.aborted) return;
      if (!isTransportError(error)) throw error;
      if (!told) sink.note(`${messageOf(error)} hive tries again every ${againMs / 1000} s.`);
      told = true;
    }
    // Lines that came before the loss are recognized by their time; the margin is for clocks that
    // differ.
    if (connected)
      from = { ...request, tail: "all", since: Math.max(request.since, Date.now() / 1000 - 60) };
    await sleep(againMs, signal).catch(() => undefined);
  }
}

/** Follows the tasks of one host, until its connection ends. */
async function followEngine(
  docker: Dockerode,
  host: HostAccess,
  request: LogRequest,
  sink: LogSink,
  signal: AbortSignal,
): Promise<void> {
  const following = new Map<string, number>();
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal]);
  // One listener for each task; Node would warn of a leak at eleven.
  setMaxListeners(0, ending);
  const follow = (container: ListedTask): void => {
    if (following.has(container.id)) return;
    const place = firstFree([...following.values()]);
    following.set(container.id, place);
    // Not on the host's shared connection: its channels are for events and lists of tasks.
    withEngine(
      host,
      (engine) => readContainer(engine, container, request, sink, container.running),
      {
        deadlineSeconds: Infinity,
        dialSeconds,
        beside: `logs ${Math.floor(place / followedAtOnce)}`,
        signal: ending,
      },
    ).then(
      () => following.delete(container.id),
      (error: unknown) => failed.abort(error),
    );
  };
  // Started before the list is read, to miss no task that starts in between.
  const events = (await docker.getEvents({
    filters: JSON.stringify({
      type: ["container"],
      event: ["start"],
      label: [`com.docker.swarm.service.name=${request.service}`],
    }),
    abortSignal: ending,
  })) as Readable;
  for (const container of await listTasks(docker, host, request)) follow(container);
  try {
    for await (const event of events) {
      void event;
      for (const container of await listTasks(docker, host, { ...request, tail: "all" })) {
        if (container.running) follow(container);
      }
    }
  } catch (error) {
    failed.signal.throwIfAborted();
    throw error;
  }
}

/** The smallest number that is not taken. */
function firstFree(taken: readonly number[]): number {
  let number = 0;
  while (taken.includes(number)) number += 1;
  return number;
}

/** A container of a service. */
interface ListedTask {
  readonly id: string;
  readonly running: boolean;
  readonly task: TaskLabel;
}

async function listTasks(
  docker: Dockerode,
  host: HostAccess,
  request: LogRequest,
): Promise<readonly ListedTask[]> {
  const containers = await docker.listContainers({
    all: true,
    filters: JSON.stringify({ label: [`com.docker.swarm.service.name=${request.service}`] }),
  });
  return containers.flatMap(({ Id, State, Labels }) => {
    const running = State === "running";
    const task = taskLabel(Labels, host.name, running);
    return task === undefined || !request.wanted(task) ? [] : [{ id: Id, running, task }];
  });
}

/**
 * Reads a container's output to its end. If it is followed, that is the container's end.
 */
async function readContainer(
  docker: Dockerode,
  { id, task }: ListedTask,
  request: LogRequest,
  sink: LogSink,
  follow: boolean,
): Promise<void> {
  const container = docker.getContainer(id);
  try {
    const { Config } = await container.inspect();
    const reader = new LogLineReader(Config.Tty);
    for await (const chunk of await openLog(container, request, follow)) {
      const lines = reader.take(chunk);
      if (lines.length > 0) sink.lines(task, lines);
    }
    sink.lines(task, reader.end());
  } catch (error) {
    // The task was removed meanwhile, or its log driver cannot be read.
    const status = (error as { statusCode?: number }).statusCode;
    if (status === 404 || status === 409) return;
    if (status === undefined) throw error;
    sink.note(`The output of ${task.label} cannot be read: ${messageOf(error)}`);
  }
}

/**
 * Missing in the client's type declarations: with `follow` the answer is a stream, else a buffer.
 */
interface ReadableLogs {
  logs(options: object): Promise<Readable | Buffer>;
}

/** Opens a container's output, piece by piece. */
async function openLog(
  container: Dockerode.Container,
  request: LogRequest,
  follow: boolean,
): Promise<AsyncIterable<Buffer> | Iterable<Buffer>> {
  const answer = await (container as unknown as ReadableLogs).logs({
    stdout: true,
    stderr: true,
    timestamps: true,
    since: request.since,
    tail: request.tail,
    follow,
  });
  return Buffer.isBuffer(answer) ? [answer] : answer;
}
