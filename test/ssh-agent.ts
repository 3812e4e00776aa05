/** An SSH agent with one key, on a socket. */
import { createServer } from "node:net";
import { AgentProtocol, utils, type ParsedKey } from "ssh2";

/** Serves the agent protocol on the path until `close` is called. */
export async function startAgent(path: string, privateKey: string): Promise<{ close: () => void }> {
  const key = utils.parseKey(privateKey) as ParsedKey;
  const server = createServer((socket) => {
    const protocol = new AgentProtocol(false);
    protocol.on("identities", (request) => protocol.getIdentitiesReply(request, [key]));
    protocol.on("sign", (request, _publicKey, data) => protocol.signReply(request, key.sign(data)));
    socket.on("error", () => {});
    socket.pipe(protocol).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { close: () => server.close() };
}
