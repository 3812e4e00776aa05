import type { HostAccess } from "./host-access";

/**
 * Why a host could not be used.
 *
 * - `unreachable`: no TCP connection (refused, no route, no answer, unknown name).
 * - `host-key`: the host presented another key than the pinned one.
 * - `private-key`: the operator's key file is missing, readable by others, or not a usable key.
 * - `login`: sshd answered but refused the login.
 * - `lost`: the connection broke while it was used.
 * - `engine`: SSH works, but the host's Docker Engine does not answer.
 * - `manager`: no given host is a Swarm manager with quorum.
 * - `deadline`: the work took longer than allowed.
 * - `command`: a command ended with another exit code than 0.
 */
export type TransportErrorKind =
  | "unreachable"
  | "host-key"
  | "private-key"
  | "login"
  | "lost"
  | "engine"
  | "manager"
  | "deadline"
  | "command";

/**
 * An error of the transport. It is identified by `kind`, not by class: deserialized copies of a
 * class differ.
 */
export interface TransportError extends Error {
  readonly kind: TransportErrorKind;
  /** Name of the host; several names joined by `, ` where several were tried. */
  readonly host: string;
  /** Whether a repeated call may succeed although nobody has changed anything. */
  readonly retriable: boolean;
}

/** Makes a {@link TransportError}; `message` says what is wrong, where, and what to do. */
export function transportError(
  kind: TransportErrorKind,
  host: string,
  message: string,
): TransportError {
  const retriable = kind === "unreachable" || kind === "lost" || kind === "deadline";
  return Object.assign(new Error(message), { name: "TransportError", kind, host, retriable });
}

/** Whether `error` comes from the transport, and if `kinds` are given, is one of them. */
export function isTransportError(
  error: unknown,
  ...kinds: TransportErrorKind[]
): error is TransportError {
  if (!(error instanceof Error) || error.name !== "TransportError") {
    return false;
  }
  const { kind } = error as TransportError;
  return kinds.length === 0 || kinds.includes(kind);
}

/**
 * Whether a later attempt may succeed: the Swarm elects a leader, or a host or its Docker Engine is
 * unreachable for a while.
 */
export function isPassing(error: unknown): boolean {
  return isTransportError(error, "deadline", "lost", "unreachable", "engine", "manager");
}

/** `p-hive0.hive.example (10.0.0.2:22)`: how messages name a host. */
export function describeHost(access: HostAccess): string {
  return `${access.name} (${access.address}:${access.port})`;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
