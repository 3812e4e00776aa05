import { connect } from "node:net";
import type { OpenPort } from "./facts";

/** How long a port may take to answer, milliseconds. */
const dialMs = 2000;

/** How many ports of one server are asked at the same time. */
const atOnce = 64;

/** No server is asked for more ports than this. */
const most = 512;

/**
 * Those of the TCP ports of a server that take a connection from this computer. Nothing is sent.
 */
export async function openPorts(
  host: string,
  ports: readonly number[],
): Promise<readonly OpenPort[]> {
  const left = [...new Set(ports)].slice(0, most);
  const open: OpenPort[] = [];
  const worker = async (): Promise<void> => {
    for (let port = left.shift(); port !== undefined; port = left.shift()) {
      const from = await dial(host, port);
      if (from !== undefined) open.push({ port, from });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return open.sort((a, b) => a.port - b.port);
}

/** The address of this computer on the connection; undefined when there was none. */
function dial(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (from: string | undefined): void => {
      clearTimeout(limit);
      socket.destroy();
      resolve(from);
    };
    const limit = setTimeout(() => end(undefined), dialMs);
    socket.once("error", () => end(undefined));
    socket.once("connect", () => end(socket.localAddress ?? ""));
  });
}
