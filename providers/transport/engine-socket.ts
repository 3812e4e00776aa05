import { Duplex } from "node:stream";

import type { ClientChannel } from "ssh2";

/**
 * A channel as a socket that Node's HTTP client accepts. ssh2's channels cannot be used directly:
 * `destroy` does not close them while data is unread, and it drops the error, so that a request
 * would wait for ever.
 */
export function engineSocket(channel: ClientChannel): Duplex {
  const socket = new Duplex({
    read: () => {
      channel.resume();
    },
    write: (chunk: Buffer, _encoding, done) => {
      channel.write(chunk, () => done());
    },
    final: (done) => {
      channel.end();
      done();
    },
    destroy: (error, done) => {
      // Unread data would hold back the channel's own end.
      channel.removeAllListeners("data");
      channel.resume();
      channel.destroy();
      done(error);
    },
  });
  channel.on("data", (chunk: Buffer) => {
    if (!socket.push(chunk)) {
      channel.pause();
    }
  });
  channel.on("end", () => socket.push(null));
  channel.on("error", (error: Error) => socket.destroy(error));
  // Methods that Node's HTTP client calls on a net.Socket, and that a channel does not need.
  const nothing = (): Duplex => socket;
  return Object.assign(socket, {
    setKeepAlive: nothing,
    setNoDelay: nothing,
    setTimeout: nothing,
    ref: nothing,
    unref: nothing,
  });
}
