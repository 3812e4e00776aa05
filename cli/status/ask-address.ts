import { type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";

/** How an address answered. */
export interface AddressAnswer {
  /** Absent where nothing can be asked. */
  readonly answers?: boolean;
  /** Why it does not answer. */
  readonly reason?: string;
}

/**
 * A forwarded port of 127.0.0.1 takes every connection, and ends it at once if nothing listens
 * behind it (Docker's userland proxy). A connection that lives as long as this has somebody behind
 * it, milliseconds.
 */
const forwardedMs = 300;

/** Reason of a route at which the gate answers in the place of the service. */
export const gateWaits = "the gate reaches no task of it";

/**
 * Asks an address from this computer: over HTTP or HTTPS for a page, any answer will do but the
 * gate's that it waits for the service, and where the gate leads to HTTPS, it is asked there; else
 * whether it takes a TCP connection. UDP and SCTP cannot be asked. Never throws.
 *
 * @param url as in a service's endpoints
 * @param milliseconds limit for everything together
 */
export async function askAddress(url: string, milliseconds: number): Promise<AddressAnswer> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol === "tcp:") return await askTcp(hostname, Number(port), milliseconds);
  if (protocol === "http:" || protocol === "https:") return await askPage(url, milliseconds);
  return {};
}

function askTcp(host: string, port: number, milliseconds: number): Promise<AddressAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: AddressAnswer): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(answer);
    };
    const limit = setTimeout(() => end(silent(milliseconds)), milliseconds);
    socket.once("error", (error) => end(refused(error)));
    socket.once("connect", () => {
      if (host !== "127.0.0.1") return end({ answers: true });
      socket.once("data", () => end({ answers: true }));
      socket.once("end", () => end({ answers: false, reason: "the connection was closed" }));
      setTimeout(() => end({ answers: true }), forwardedMs);
    });
  });
}

function askPage(url: string, milliseconds: number): Promise<AddressAnswer> {
  const options = {
    agent: false as const,
    headers: { "User-Agent": "hive-status" },
    // Whether it answers is asked, not who it is.
    rejectUnauthorized: false,
  };
  const start = Date.now();
  return new Promise((resolve) => {
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    const request = send(url, options, ({ headers }) => {
      const secure = url.startsWith("http:") ? secureAddress(url, headers) : undefined;
      if (secure === undefined) {
        const waits = headers["x-hive-gate"] === "waiting";
        return end(waits ? { answers: false, reason: gateWaits } : { answers: true });
      }
      end(askPage(secure, Math.max(1, milliseconds - (Date.now() - start))));
    });
    const end = (answer: AddressAnswer | Promise<AddressAnswer>): void => {
      clearTimeout(limit);
      request.destroy();
      resolve(answer);
    };
    const limit = setTimeout(() => end(silent(milliseconds)), milliseconds);
    request.on("error", (error) => end(refused(error)));
    request.end();
  });
}

/** Where the gate answers the same over HTTPS; undefined when the answer was not the gate's. */
function secureAddress(asked: string, headers: IncomingHttpHeaders): string | undefined {
  const { "x-hive-gate": gate, location = "" } = headers;
  if (gate !== "https" || !URL.canParse(location)) return undefined;
  const { protocol, hostname } = new URL(location);
  // Whatever answers, this computer asks no other server than the one that it wanted to.
  return protocol === "https:" && hostname === new URL(asked).hostname ? location : undefined;
}

function silent(milliseconds: number): AddressAnswer {
  return { answers: false, reason: `no answer within ${milliseconds / 1000} s` };
}

/** Errors of the network, in words. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was closed",
  EPIPE: "the connection was closed",
  EHOSTUNREACH: "no route to the server",
  ENETUNREACH: "no route to the server",
  ETIMEDOUT: "no answer",
};

/** Whoever breaks the rules of HTTP or TLS, or asks for a certificate, has answered. */
function refused(error: NodeJS.ErrnoException): AddressAnswer {
  const { code = "" } = error;
  const reason = words[code];
  if (reason !== undefined) return { answers: false, reason };
  return /^(HPE_|EPROTO|ERR_SSL|ERR_TLS)/.test(code)
    ? { answers: true }
    : { answers: false, reason: error.message };
}
