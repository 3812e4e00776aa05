import { createServer } from "node:net";
import { loopback } from "./loopback";
import { RehearsalError } from "./rehearsal-error";

/** A port of loopback that nobody listens on: the wanted one if it is free, else any. */
export async function freePort(wanted: number | undefined): Promise<number> {
  const found = wanted === undefined ? undefined : await tryPort(wanted);
  const port = found ?? (await tryPort(0));
  if (port === undefined) throw new RehearsalError(`No port of ${loopback} is free.`);
  return port;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host: loopback, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === "object" && address !== null ? address.port : undefined;
      server.close(() => resolve(found));
    });
  });
}
