import type { PortProtocol } from "../inventory";

/** The contents of the short form of a port. */
export interface ParsedPort {
  readonly published: number;
  readonly target: number;
  readonly protocol: PortProtocol;
}

/**
 * Parses the short form of a published port: `80`, `80:8080`, `53:53/udp`. The first number is the
 * port on the server. Undefined if the text has another form or a number is not a port.
 */
export function parseShortPort(text: string): ParsedPort | undefined {
  const match = /^([0-9]{1,5})(?::([0-9]{1,5}))?(?:\/(tcp|udp|sctp|https?))?$/.exec(text);
  if (match === null) return undefined;
  const published = Number(match[1]);
  const target = Number(match[2] ?? match[1]);
  if (![published, target].every((port) => port >= 1 && port <= 65535)) return undefined;
  return { published, target, protocol: (match[3] ?? "tcp") as PortProtocol };
}
