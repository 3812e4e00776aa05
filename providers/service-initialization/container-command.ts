import { Writable } from "node:stream";

import type Dockerode from "dockerode";

import type { EngineExec } from "../../model/engine-api/container";
import { abortable, sleep } from "../transport/deadline";
import { engineStatus } from "../transport/engine";

/** A command in a container. */
export interface ContainerCommand {
  readonly command: readonly string[];
  readonly stdin: string;
  /** Empty: the container's own. */
  readonly user: string;
}

/** How it ended. */
export interface CommandEnd {
  readonly code: number;
  /** The end of what it printed, both streams in one. */
  readonly output: string;
}

/** Longer output loses its beginning, bytes. */
const keptOutput = 64 * 1024;
const pollMs = 1000;
/** How long the output of a command may take to arrive after its end. */
const drainMs = 1000;

/**
 * Runs a command in a container, writes its standard input and closes it.
 *
 * The command has ended when the Docker Engine says so: a background process that it left may hold
 * its output open for ever.
 *
 * @param onStart gets a function that asks for the command's state, as soon as it may run
 * @returns undefined if the container does not run, or stopped while the command ran
 */
export async function runInContainer(
  docker: Dockerode,
  containerId: string,
  { command, stdin, user }: ContainerCommand,
  signal: AbortSignal,
  onStart: (inspect: () => Promise<EngineExec>) => void = () => undefined,
): Promise<CommandEnd | undefined> {
  const container = docker.getContainer(containerId);
  const output = outputEnd();
  try {
    const exec = await container.exec({
      Cmd: [...command],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      ...(user === "" ? {} : { User: user }),
    });
    const inspect = async (): Promise<EngineExec> => await exec.inspect();
    const stream = await exec.start({ hijack: true, stdin: true });
    onStart(inspect);
    const closed = new Promise<void>((resolve) => stream.once("close", resolve));
    const ended = new Promise<void>((resolve) => stream.once("end", resolve));
    // A command that does not read its input may close it early; its exit code tells what happened.
    stream.on("error", () => undefined);
    docker.modem.demuxStream(stream, output.sink(), output.sink());
    stream.end(stdin);
    let over = false;
    const done = Promise.race([closed, ended]).then(() => {
      over = true;
    });
    for (;;) {
      await abortable(Promise.race([done, sleep(pollMs, signal)]), signal);
      const state = await inspect();
      if (!state.Running) {
        if (!over) await Promise.race([done, sleep(drainMs, signal)]);
        const code = state.ExitCode ?? 255;
        if (code > 128) await sleep(drainMs, signal);
        // A command in a stopping container was ended by the stop.
        return code === 0 || (await isRunning(container))
          ? { code, output: output.text() }
          : undefined;
      }
      // Its output is closed, but the command goes on.
      if (over) await sleep(pollMs, signal);
    }
  } catch (error) {
    const status = engineStatus(error);
    // 404: the container is gone; 409: it does not run.
    if (status === 404 || status === 409) return undefined;
    throw error;
  }
}

/** The commands that run in a container now; others or an interrupted run started them. */
export async function commandsIn(
  docker: Dockerode,
  containerId: string,
): Promise<readonly EngineExec[]> {
  try {
    const seen = (await docker.getContainer(containerId).inspect()) as unknown as {
      readonly ExecIDs?: readonly string[] | null;
    };
    const found = await Promise.all(
      (seen.ExecIDs ?? []).map((id) =>
        docker
          .getExec(id)
          .inspect()
          .then((state) => [state as unknown as EngineExec])
          .catch((error: unknown) => {
            if (engineStatus(error) === 404) return [];
            throw error;
          }),
      ),
    );
    return found.flat().filter(({ Running }) => Running);
  } catch (error) {
    if (engineStatus(error) === 404) return [];
    throw error;
  }
}

async function isRunning(container: Dockerode.Container): Promise<boolean> {
  try {
    return (await container.inspect()).State.Running;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw error;
  }
}

/** Keeps the end of an output in memory. */
function outputEnd(): { readonly sink: () => Writable; readonly text: () => string } {
  let kept = Buffer.alloc(0);
  const write = (chunk: Buffer, _encoding: string, done: () => void): void => {
    kept = Buffer.concat([kept, chunk]).subarray(-keptOutput);
    done();
  };
  return { sink: () => new Writable({ write }), text: () => kept.toString("utf8").trim() };
}
