import { Socket } from "node:net";

import type * as ssh2 from "ssh2";

import { onAbort, sleep, withDeadline } from "./deadline";
import { describeHost, isTransportError, messageOf, transportError } from "./errors";
import type { HostAccess } from "./host-access";
import { fingerprint, pinnedHostKey } from "./host-key";
import { keysFor, type LoginKey } from "./operator-key";

/** An open SSH connection. */
export interface Connection {
  readonly client: ssh2.Client;
  /** The TCP socket below it. */
  readonly socket: Socket;
}

/** Keepalive: a vanished peer is noticed after 12 to 16 seconds. */
const keepalive = { intervalMs: 4000, misses: 3 };
/**
 * sshd drops new connections when many start at once (`MaxStartups`); such a start is tried again.
 */
const startAttempts = 3;

/**
 * Opens an SSH connection, with the host key verified.
 *
 * @param seconds limit for everything together, in seconds
 * @param outer ends the attempt
 * @param given keys for the login. Default: this computer's operator keys
 * @throws TransportError `unreachable`, `host-key`, `private-key` or `login`
 */
export async function openConnection(
  access: HostAccess,
  seconds: number,
  outer: AbortSignal,
  given?: readonly LoginKey[],
): Promise<Connection> {
  const keys = given ?? (await keysFor(access));
  return await withDeadline(
    seconds,
    () => noAnswerError(access, seconds),
    async (signal) => {
      for (let attempt = 1; ; attempt++) {
        try {
          signal.throwIfAborted();
          const socket = await dial(access, signal);
          return await logIn(access, socket, keys, signal);
        } catch (error) {
          if (!isTransportError(error, "lost") || attempt === startAttempts) {
            throw error;
          }
          await sleep(300 * attempt, signal);
        }
      }
    },
    outer,
  );
}

/** The error for a host whose connection is not open in time. */
export function noAnswerError(access: HostAccess, seconds: number): Error {
  return transportError(
    "unreachable",
    access.name,
    `${describeHost(access)} does not answer on its SSH port (waited ${seconds} s). ` +
      "Is the host up, and does a firewall let this computer in?",
  );
}

/** Opens the TCP connection. */
function dial(access: HostAccess, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = new Socket();
    const stop = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", stop, { once: true });
    socket.once("connect", () => {
      signal.removeEventListener("abort", stop);
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      signal.removeEventListener("abort", stop);
      const { code } = error;
      const advice =
        code === "ECONNREFUSED"
          ? "nothing listens on its SSH port (connection refused). Is sshd running there?"
          : code === "ENOTFOUND" || code === "EAI_AGAIN"
            ? "its name does not resolve. Check the address."
            : `there is no route to it (${code ?? error.message}). Is the host up?`;
      reject(
        transportError(
          "unreachable",
          access.name,
          `Cannot reach ${describeHost(access)}: ${advice}`,
        ),
      );
    });
    socket.setNoDelay(true);
    socket.connect({ host: access.address, port: access.port });
  });
}

/** Runs the SSH handshake and the login on an open TCP connection. */
function logIn(
  access: HostAccess,
  socket: Socket,
  keys: readonly LoginKey[],
  signal: AbortSignal,
): Promise<Connection> {
  const { Client } = require("ssh2") as typeof ssh2;
  const pinned = pinnedHostKey(access);
  return new Promise((resolve, reject) => {
    const client = new Client();
    // One listener for each call that uses the connection.
    client.setMaxListeners(0);
    let presented: Buffer | undefined;

    // Function declarations, because each uses the other: serialization does not find a constant
    // that is used before its definition.
    function fail(error: Error): void {
      signal.removeEventListener("abort", stop);
      socket.destroy();
      reject(error);
    }
    function stop(): void {
      fail(signal.reason as Error);
    }
    onAbort(signal, stop);

    client.once("ready", () => {
      signal.removeEventListener("abort", stop);
      resolve({ client, socket });
    });
    // Stays for the life of the client: an error without a listener would end the process.
    client.on("error", (error: Error & { level?: string }) => {
      // An agent that does not answer is skipped; ssh2 goes on with the next key.
      if (error.level === "agent") return;
      if (presented !== undefined && !presented.equals(pinned.blob)) {
        fail(wrongHostKey(access, pinned.blob, presented));
      } else if (error.level === "client-authentication") {
        fail(
          transportError(
            "login",
            access.name,
            `${describeHost(access)} does not let user '${access.user}' in with ` +
              `${keys.map(({ source }) => source).join(" or ")}. Is the public key one of the stage's hive:operators, and has ` +
              "a run put it on the host?",
          ),
        );
      } else if (error.level === "handshake") {
        fail(
          transportError(
            "login",
            access.name,
            `SSH handshake with ${describeHost(access)} failed: ${error.message}. ` +
              `The pinned host key is of type ${pinned.algorithms.join(" or ")}. Does sshd have a key of this type?`,
          ),
        );
      } else {
        fail(lostAtStart(access, messageOf(error)));
      }
    });
    client.once("close", () => fail(lostAtStart(access, "the host closed the connection")));

    client.connect({
      sock: socket,
      username: access.user,
      authHandler: keys.map(({ login }) => attemptOf(access.user, login)),
      algorithms: { serverHostKey: pinned.algorithms as ssh2.ServerHostKeyAlgorithm[] },
      hostVerifier: (key: Buffer) => {
        presented = key;
        return key.equals(pinned.blob);
      },
      // The limit of openConnection holds.
      readyTimeout: 0,
      keepaliveInterval: keepalive.intervalMs,
      keepaliveCountMax: keepalive.misses,
    });
  });
}

/** A login with one key, in ssh2's format. */
function attemptOf(username: string, login: LoginKey["login"]): ssh2.AnyAuthMethod {
  return "agent" in login
    ? { type: "agent", username, agent: login.agent }
    : { type: "publickey", username, key: login.privateKey };
}

/** The error for a host key that is not the pinned one. */
function wrongHostKey(access: HostAccess, expected: Buffer, seen: Buffer): Error {
  return transportError(
    "host-key",
    access.name,
    `${describeHost(access)} presented the host key ${fingerprint(seen)}, but ${fingerprint(expected)} is pinned. ` +
      "Either another machine answers at this address, or the host was rebuilt outside this program. " +
      "Nothing was sent to it. If somebody rebuilt the host on purpose, correct its pinned host key.",
  );
}

/** The error for a connection that ended before the login was complete. */
function lostAtStart(access: HostAccess, cause: string): Error {
  return transportError(
    "lost",
    access.name,
    `The SSH connection to ${describeHost(access)} broke before the login was complete (${cause}). ` +
      "sshd may limit connection starts (MaxStartups) or be restarting: run again.",
  );
}
