// @ts-check
/**
 * How many handshakes go on at once with one server. sshd drops connections at random once ten are
 * not authenticated yet (MaxStartups 10:30:100); an attempt that waits here is none that fails there.
 */

const handshakesAtOnce = 8;

/** @type {Map<string, { running: number, waiting: Set<() => void> }>} */
const servers = new Map();

/**
 * Runs a handshake when there is a place for it.
 *
 * @template T
 * @param {{ host: string, port: number }} server
 * @param {AbortSignal} signal ends the waiting
 * @param {() => Promise<T>} handshake
 * @returns {Promise<T>}
 */
async function admission({ host, port }, signal, handshake) {
  const name = `${host} ${port}`;
  const server = servers.get(name) ?? { running: 0, waiting: new Set() };
  servers.set(name, server);
  if (server.running < handshakesAtOnce) {
    server.running += 1;
  } else {
    await handedPlace(server.waiting, signal);
  }
  try {
    return await handshake();
  } finally {
    const [next] = server.waiting;
    if (next !== undefined) {
      server.waiting.delete(next);
      next(); // the place changes hands, so `running` stays
    } else {
      server.running -= 1;
      if (server.running === 0) {
        servers.delete(name);
      }
    }
  }
}

/** @param {Set<() => void>} waiting @param {AbortSignal} signal @returns {Promise<void>} */
function handedPlace(waiting, signal) {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.delete(enter);
      reject(signal.reason);
    };
    const enter = () => {
      signal.removeEventListener("abort", leave);
      resolve();
    };
    waiting.add(enter);
    signal.addEventListener("abort", leave, { once: true });
  });
}

module.exports = { admission, handshakesAtOnce };
