import type Dockerode from "dockerode";
import type { Duplex, Readable, Writable } from "node:stream";
import { once } from "node:events";
import { sleep } from "../../providers/transport/deadline";
import { FrameReader } from "./frames";

/** A command for a container. */
export interface ExecRequest {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** The command gets a terminal. */
  readonly tty: boolean;
  readonly user?: string | undefined;
  readonly workdir?: string | undefined;
  /** `NAME=value`; never secrets. */
  readonly environment?: readonly string[];
}

/** The streams of the command. */
export interface ExecStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Size of the user's terminal, for a command that gets one. */
  readonly size?: () => { readonly rows: number; readonly columns: number };
  /** Calls back when that size has changed. @returns a function that ends it */
  readonly onResize?: (changed: () => void) => () => void;
}

/** Exit code when the reader of the output went away: 128 + SIGPIPE, as a shell shows it. */
const readerGone = 141;
/** How long a Docker Engine may take to report the exit code after the end of the output. */
const exitCodeMs = 5000;

/**
 * Runs a command in a container. Standard input is passed on to its end, then half-closed.
 *
 * @returns the command's exit code
 */
export async function execIn(
  container: Dockerode.Container,
  request: ExecRequest,
  streams: ExecStreams,
): Promise<number> {
  const size = request.tty ? streams.size?.() : undefined;
  const exec = await container.exec({
    Cmd: [...request.command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: request.tty,
    ...(request.user === undefined ? {} : { User: request.user }),
    ...(request.workdir === undefined ? {} : { WorkingDir: request.workdir }),
    Env: [...(request.environment ?? [])],
  });
  const socket = await exec.start({ hijack: true, stdin: true, Tty: request.tty });
  // An error of the connection also ends the output, which is read to its end.
  socket.on("error", () => undefined);
  const resize = async (): Promise<void> => {
    const { rows, columns } = streams.size?.() ?? { rows: 24, columns: 80 };
    // A command that has ended cannot be resized.
    await exec.resize({ h: rows, w: columns }).catch(() => undefined);
  };
  const stopResizing = size === undefined ? undefined : streams.onResize?.(() => void resize());
  if (size !== undefined) void resize();
  streams.stdin.pipe(socket);
  try {
    if (!(await passOn(socket, request.tty, streams))) return readerGone;
  } finally {
    stopResizing?.();
    streams.stdin.unpipe(socket);
    streams.stdin.pause();
    socket.destroy();
  }
  return await exitCodeOf(exec);
}

/**
 * Writes to the outputs, no faster than they accept it. @returns false when nobody reads any more
 */
async function passOn(socket: Duplex, tty: boolean, streams: ExecStreams): Promise<boolean> {
  const reader = new FrameReader();
  const chunks: AsyncIterable<Buffer> = socket;
  for await (const chunk of chunks) {
    const frames = tty ? [{ stream: "stdout" as const, data: chunk }] : reader.take(chunk);
    for (const { stream, data } of frames) {
      if (!(await writeTo(streams[stream], data))) return false;
    }
  }
  return true;
}

/** Writes and waits until there is room again. @returns false when the reader went away */
export async function writeTo(target: Writable, data: Buffer | string): Promise<boolean> {
  if (target.destroyed || target.closed) return false;
  if (target.write(data)) return true;
  const stop = new AbortController();
  const gone = ["close", "error"].map((event) =>
    once(target, event, { signal: stop.signal }).then(
      () => false,
      () => false,
    ),
  );
  try {
    return await Promise.race([
      once(target, "drain", { signal: stop.signal }).then(
        () => true,
        () => false,
      ),
      ...gone,
    ]);
  } finally {
    stop.abort();
  }
}

async function exitCodeOf(exec: Dockerode.Exec): Promise<number> {
  const end = Date.now() + exitCodeMs;
  for (;;) {
    const { ExitCode, Running } = await exec.inspect();
    if (ExitCode !== null && !Running) return ExitCode;
    if (Date.now() > end)
      throw new Error("The Docker Engine did not report the command's exit code.");
    await sleep(50);
  }
}
