import { Agent } from "node:http";
import type { Duplex } from "node:stream";

import type Dockerode from "dockerode";

import { onAbort, withDeadline } from "./deadline";
import { describeHost, isTransportError, messageOf, transportError } from "./errors";
import { engineSocket } from "./engine-socket";
import type { HostAccess } from "./host-access";
import { type OpenHost, withHost } from "./pool";

/** Options for the use of a Docker Engine. */
export interface EngineOptions {
  /**
   * Limit for everything together, seconds. Default 60. Give more for builds, pulls and loads, and
   * `Infinity` for work that a person ends, such as a shell: the connection's keepalive still
   * notices a vanished host.
   */
  readonly deadlineSeconds?: number;
  /** Limit for opening a connection if none is open, seconds. Default 10. */
  readonly dialSeconds?: number;
  /** Name of a connection beside the host's shared one, see `UseOptions` of the pool. */
  readonly beside?: string;
  /** Ends the work early. */
  readonly signal?: AbortSignal;
}

/** Where a host's Docker Engine listens; the admin user is in the group that may use it. */
const engineSocketPath = "/run/docker.sock";

/**
 * Runs `use` with a client for a host's Docker Engine. Requests go through channels of the host's
 * one SSH connection to the engine's local socket; the API is never on TCP. Streams (build, pull,
 * load, logs) work, and must be read to their end inside `use`: streams that are open when it
 * returns are closed.
 *
 * The Docker Engine's answer to a bad request stays recognizable: such an error has `statusCode`
 * (see {@link engineStatus}).
 *
 * @param use gets the client, and a signal that is aborted at the deadline
 * @throws TransportError if the host or its Docker Engine cannot be used, the connection breaks
 *   (`lost`, retriable) or the deadline is reached; else what `use` throws
 */
export async function withEngine<T>(
  access: HostAccess,
  use: (docker: Dockerode, signal: AbortSignal) => Promise<T>,
  options: EngineOptions = {},
): Promise<T> {
  const seconds = options.deadlineSeconds ?? 60;
  return await withDeadline(
    seconds,
    () =>
      transportError(
        "deadline",
        access.name,
        `The Docker Engine of ${describeHost(access)} did not finish within ${seconds} s. ` +
          "Is the host busy? Running again is safe.",
      ),
    (signal) =>
      withHost(access, (host) => converse(access, host, use, signal), {
        signal,
        dialSeconds: options.dialSeconds,
        beside: options.beside,
      }),
    options.signal,
  );
}

/**
 * The HTTP status with which a Docker Engine refused a request; undefined for every other error.
 */
export function engineStatus(error: unknown): number | undefined {
  return error instanceof Error ? (error as { statusCode?: number }).statusCode : undefined;
}

/** Calls `use` with a client whose requests go over `host`, and cleans up after it. */
async function converse<T>(
  access: HostAccess,
  host: OpenHost,
  use: (docker: Dockerode, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const Docker = require("dockerode") as typeof Dockerode;
  const sockets = new Set<Duplex>();
  let closed = false;

  const connect = async (): Promise<Duplex> => {
    const { channel, free } = await host.channel((client, done) =>
      client.openssh_forwardOutStreamLocal(engineSocketPath, done),
    );
    const socket = engineSocket(channel);
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      free();
    });
    if (closed) {
      socket.destroy();
    }
    return socket;
  };
  const agent = Object.assign(new Agent({ keepAlive: false }), {
    createConnection: (_: unknown, done: (error: Error | null, socket?: Duplex) => void): void => {
      connect().then(
        (socket) => done(null, socket),
        (error: unknown) => done(channelError(access, error)),
      );
    },
  });
  // With a host, neither DOCKER_HOST nor the local socket is used; the name is used only in the
  // Host header.
  const docker = new Docker({
    host: "engine",
    port: 80,
    protocol: "http",
    agent,
  } as Dockerode.DockerOptions);
  const close = (): void => {
    closed = true;
    for (const socket of sockets) {
      socket.destroy();
    }
    agent.destroy();
  };
  // An unanswered request (a manager without a leader keeps it for 20 s) would keep its channel and
  // the process busy until the answer comes.
  const forget = onAbort(signal, close);
  try {
    return await use(docker, signal);
  } catch (error) {
    throw readable(access, error);
  } finally {
    forget();
    close();
  }
}

/** The error when no channel to the Docker Engine can be opened. */
function channelError(access: HostAccess, error: unknown): Error {
  if (isTransportError(error)) {
    return error;
  }
  const where = `the Docker Engine of ${describeHost(access)} at ${engineSocketPath}`;
  return transportError(
    "engine",
    access.name,
    `SSH works, but ${where} cannot be reached as user '${access.user}' (${messageOf(error)}). ` +
      `Check on the host: does Docker run (systemctl status docker), is '${access.user}' in group docker (id ${access.user}), ` +
      "does sshd allow AllowStreamLocalForwarding?",
  );
}

/**
 * Adds the host's name to the Docker Engine's errors, and turns broken connections into transport
 * errors.
 */
function readable(access: HostAccess, error: unknown): unknown {
  if (!(error instanceof Error) || isTransportError(error)) {
    return error;
  }
  if (engineStatus(error) !== undefined) {
    error.message = `Docker Engine of ${access.name}: ${error.message.trim()}`;
    return error;
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNRESET" || code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE") {
    return transportError(
      "lost",
      access.name,
      `The Docker Engine of ${describeHost(access)} closed the connection (${error.message}). ` +
        "It may be restarting; running again is safe.",
    );
  }
  return error;
}
