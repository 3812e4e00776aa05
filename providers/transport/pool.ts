import type { Client, ClientChannel } from "ssh2";

import { type Connection, noAnswerError, openConnection } from "./connection";
import { withDeadline } from "./deadline";
import { describeHost, transportError } from "./errors";
import type { HostAccess } from "./host-access";
import type { LoginKey } from "./operator-key";
import { makeSlots, type Slots, takeSlot } from "./slots";

/**
 * Channels at a time on one connection; sshd's own default limit (`MaxSessions`) is 10 sessions.
 */
const channelsPerHost = 8;
/**
 * Connection starts at a time to one address; sshd begins to drop at 10 (`MaxStartups 10:30:100`).
 */
const startsPerAddress = 2;
/** An unused connection is closed after this time. */
const idleMs = 3000;
/** Longest attempt to open a connection; callers usually give up earlier. */
const startSeconds = 60;
/**
 * A live host opens a channel in one round trip; a host that does not do so within this time is
 * gone.
 */
const channelSeconds = 6;

/** One host's entry in the pool. */
interface PooledHost {
  connection: Promise<Connection> | undefined;
  /** Ends the start of `connection`. */
  stopStart: AbortController | undefined;
  /** Number of calls that use or await the connection now. */
  users: number;
  idleTimer: NodeJS.Timeout | undefined;
  readonly channels: Slots;
  /** Number of connections opened since the process started. */
  opened: number;
}

/** The shared state of all copies of the transport in one process. */
interface Pool {
  readonly hosts: Map<string, PooledHost>;
  readonly starts: Map<string, Slots>;
  /** The last manager that answered, by the set of requested managers. */
  readonly lastManager: Map<string, string>;
}

/** Options for the use of a host. */
export interface UseOptions {
  /** How long this caller waits for an open connection if none is open, seconds. Default 10. */
  readonly dialSeconds?: number | undefined;
  /**
   * Name of a connection beside the host's shared one, for work that holds its channels as long as
   * a person watches: on the shared one it would block all others.
   */
  readonly beside?: string | undefined;
  /** Key for the login on a separate connection, instead of the operator's keys. Secret. */
  readonly keys?: readonly LoginKey[] | undefined;
  /** Aborts all waits. */
  readonly signal: AbortSignal;
}

/** Asks ssh2 for a channel of some kind. */
export type ChannelOpener = (
  client: Client,
  done: (error: Error | undefined, channel: ClientChannel) => void,
) => void;

/** A host with an open connection. */
export interface OpenHost {
  /** Waits for a free channel and opens it. The caller calls `free` when it is closed. */
  channel(
    open: ChannelOpener,
  ): Promise<{ readonly channel: ClientChannel; readonly free: () => void }>;
}

/**
 * The pool of this process. Dynamic resources run as deserialized copies of this code in one plugin
 * process, so module state would not be shared: the pool hangs on the global object, under a name
 * that carries the version of its shape (state may hold an older copy of this code).
 */
export function transportPool(): Pool {
  const key = Symbol.for("hive.transport/1");
  const holder = globalThis as unknown as Record<symbol, Pool | undefined>;
  return (holder[key] ??= { hosts: new Map(), starts: new Map(), lastManager: new Map() });
}

/**
 * Runs `use` with the host's one connection (or one beside it): opened if needed, shared with all
 * other calls, and closed some seconds after the last of them.
 *
 * @throws TransportError of {@link openConnection}, `lost` as soon as the connection breaks, or
 *   what `use` throws
 */
export async function withHost<T>(
  access: HostAccess,
  use: (host: OpenHost) => Promise<T>,
  options: UseOptions,
): Promise<T> {
  const host = enter(poolKey(access, options.beside));
  try {
    const connection = await connect(access, host, options);
    return await untilLost(
      access,
      connection,
      use({
        channel: async (open) => {
          const free = await takeSlot(host.channels, options.signal);
          try {
            return { channel: await openChannel(access, connection, open, options.signal), free };
          } catch (error) {
            free();
            throw error;
          }
        },
      }),
    );
  } finally {
    leave(host);
  }
}

/** Connections opened to a host by this process so far; for tests and measurements. */
export function connectionsOpened(access: HostAccess): number {
  return transportPool().hosts.get(poolKey(access))?.opened ?? 0;
}

/**
 * Closes every unused connection now instead of after some seconds; a program calls it before it
 * ends.
 */
export function closeIdleConnections(): void {
  for (const host of transportPool().hosts.values()) {
    if (host.users === 0) {
      closeConnection(host);
    }
  }
}

/** The key of a connection: equal accesses share it. */
function poolKey(access: HostAccess, beside?: string): string {
  const { user, address, port, hostKey, stage } = access;
  const parts = [user, address, port, hostKey, stage];
  return JSON.stringify(beside === undefined ? parts : [...parts, beside]);
}

/** Registers a user of the host's connection. */
function enter(key: string): PooledHost {
  const { hosts } = transportPool();
  let host = hosts.get(key);
  if (host === undefined) {
    host = {
      connection: undefined,
      stopStart: undefined,
      users: 0,
      idleTimer: undefined,
      channels: makeSlots(channelsPerHost),
      opened: 0,
    };
    hosts.set(key, host);
  }
  host.users++;
  clearTimeout(host.idleTimer);
  return host;
}

/** Unregisters a user; the last one starts the idle timer. */
function leave(host: PooledHost): void {
  host.users--;
  if (host.users > 0) {
    return;
  }
  host.idleTimer = setTimeout(() => closeConnection(host), idleMs);
  host.idleTimer.unref();
  void host.connection?.then(
    ({ socket }) => {
      if (host.users === 0) {
        socket.unref();
      }
    },
    () => undefined,
  );
}

/** Closes the host's connection, if there is one. */
function closeConnection(host: PooledHost): void {
  clearTimeout(host.idleTimer);
  const { connection } = host;
  host.connection = undefined;
  host.stopStart?.abort(new Error("nobody waits for this connection any more"));
  void connection?.then(
    ({ client }) => client.end(),
    () => undefined,
  );
}

/** The host's connection, opened if there is none. */
async function connect(
  access: HostAccess,
  host: PooledHost,
  options: UseOptions,
): Promise<Connection> {
  if (host.connection === undefined) {
    const stopStart = new AbortController();
    const started = start(access, host, stopStart.signal, options.keys);
    host.connection = started;
    host.stopStart = stopStart;
    const forget = (): void => {
      if (host.connection === started) {
        host.connection = undefined;
      }
    };
    started.then(({ client }) => client.once("close", forget), forget);
  }
  const awaited = host.connection;
  const seconds = options.dialSeconds ?? 10;
  const tooSlow = noAnswerError(access, seconds);
  try {
    // A connection start is shared, but each caller has its own limit: an impatient caller must not
    // end the start for the others.
    const connection = await withDeadline(
      seconds,
      () => tooSlow,
      () => awaited,
      options.signal,
    );
    connection.socket.ref();
    return connection;
  } catch (error) {
    // Nobody else waits: the next caller starts afresh instead of waiting for a hanging attempt.
    if (error === tooSlow && host.users === 1 && host.connection === awaited) closeConnection(host);
    throw error;
  }
}

/** Opens a connection when the address has a free start slot. */
async function start(
  access: HostAccess,
  host: PooledHost,
  signal: AbortSignal,
  keys: readonly LoginKey[] | undefined,
): Promise<Connection> {
  const { starts } = transportPool();
  const address = `${access.address}:${access.port}`;
  const slots = starts.get(address) ?? makeSlots(startsPerAddress);
  starts.set(address, slots);
  const free = await takeSlot(slots, signal);
  try {
    const connection = await openConnection(access, startSeconds, signal, keys);
    host.opened++;
    return connection;
  } finally {
    free();
  }
}

/** Opens a channel; a connection that cannot do so in time is dropped. */
async function openChannel(
  access: HostAccess,
  connection: Connection,
  open: ChannelOpener,
  signal: AbortSignal,
): Promise<ClientChannel> {
  const tooSlow = lost(access);
  const opened = new Promise<ClientChannel>((resolve, reject) => {
    open(connection.client, (error, channel) => {
      if (error !== undefined) {
        reject(error);
      } else if (signal.aborted) {
        channel.destroy();
      } else {
        resolve(channel);
      }
    });
  });
  try {
    return await withDeadline(
      channelSeconds,
      () => tooSlow,
      () => opened,
      signal,
    );
  } catch (error) {
    if (error === tooSlow) {
      connection.socket.destroy();
    }
    throw isDisconnect(error) ? lost(access) : error;
  }
}

/** Whether this error of ssh2 means that the connection is gone (it has no codes for that). */
function isDisconnect(error: unknown): boolean {
  return error instanceof Error && /^(Not connected|No response from server)$/.test(error.message);
}

/** The result of `work`, or an error as soon as the connection is gone. */
async function untilLost<T>(
  access: HostAccess,
  { client, socket }: Connection,
  work: Promise<T>,
): Promise<T> {
  let onClose = (): void => undefined;
  const closed = new Promise<never>((_, reject) => {
    onClose = () => reject(lost(access));
    client.once("close", onClose);
    if (socket.destroyed) {
      onClose();
    }
  });
  try {
    return await Promise.race([work, closed]);
  } finally {
    client.removeListener("close", onClose);
  }
}

/** The error for a connection that broke while it was used. */
function lost(access: HostAccess): Error {
  return transportError(
    "lost",
    access.name,
    `The SSH connection to ${describeHost(access)} was lost. Is the host still up? Running again is safe.`,
  );
}
