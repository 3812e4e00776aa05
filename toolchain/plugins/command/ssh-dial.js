// @ts-check
/**
 * Connections to hosts: one attempt, attempts until the limit, and the way through a proxy.
 * The rules are those of pulumi-command 1.2.1 (provider/pkg/provider/remote/connection.go): each
 * failed attempt counts, whatever its cause; the pause grows from 0.1 s by half up to 5 s.
 */
const { setTimeout: pause } = require("node:timers/promises");
const { admission } = require("./ssh-admission");
const { parseHostKey, algorithmsFor, fingerprint } = require("./ssh-host-key");
const { parsePrivateKey } = require("./ssh-private-key");

/**
 * @typedef {{ host: string, user: string, port: number, dialErrorLimit: number,
 *   perDialTimeout: number, password?: string, privateKey?: string, privateKeyPassword?: string,
 *   agentSocketPath?: string, hostKey?: string }} Endpoint
 *   One hop; perDialTimeout in seconds, 0 = none; dialErrorLimit -1 = none.
 * @typedef {Endpoint & { proxy?: Endpoint }} Connection what a resource's `connection` holds
 * @typedef {import("ssh2").Client} Client
 * @typedef {(message: string) => void} Tell called with each failed attempt
 */

const firstPauseMs = 100;
const longestPauseMs = 5000;
/** A silent host is given up after interval × count: 2 minutes. */
const keepalive = { keepaliveInterval: 15_000, keepaliveCountMax: 8 };
/** How long a closed connection may take to say goodbye before it is cut. */
const closeMs = 1000;

/** @param {Endpoint} endpoint @returns {string} for texts: `user@host:port` */
const nameOf = ({ user, host, port }) =>
  `${user}@${host.includes(":") ? `[${host}]` : host}:${port}`;

/**
 * @param {Endpoint} endpoint
 * @param {string} where the path of the input, for errors
 * @returns {import("ssh2").AnyAuthMethod[]} in the official order: key, password, agent. As there,
 *   an agent is asked only if no key is given: both are the method "publickey", which is tried once
 */
function authenticationOf(endpoint, where) {
  const { user: username, password, privateKey, privateKeyPassword } = endpoint;
  /** @type {import("ssh2").AnyAuthMethod[]} */
  const methods = [{ type: "none", username }];
  if (privateKey !== undefined) {
    const key = parsePrivateKey(privateKey, privateKeyPassword, `${where}.privateKey`);
    methods.push({ type: "publickey", username, key });
  }
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    methods.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) =>
        finish(prompts.map(() => password)),
    });
  }
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  if (privateKey === undefined && agent !== undefined && agent !== "") {
    methods.push({ type: "agent", username, agent });
  }
  return methods;
}

/**
 * Prepares the attempts to reach one endpoint. Reads keys once, so that a bad key fails at once
 * and not after ten attempts.
 *
 * @param {Endpoint} endpoint
 * @param {string} where the path of the input, for errors
 * @param {AbortSignal} signal ends an attempt
 * @returns {(through?: import("node:stream").Duplex) => Promise<Client>} one attempt
 */
function attemptsAt(endpoint, where, signal) {
  const { Client } = require("ssh2");
  const authHandler = authenticationOf(endpoint, where);
  const pinned = endpoint.hostKey === undefined ? undefined : parseHostKey(endpoint.hostKey);
  const limitMs = endpoint.perDialTimeout * 1000;

  return (through) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const client = new Client();
      /** @type {string | undefined} */
      let presented;
      /** @param {unknown} error */
      const fail = (error) => {
        finish();
        client.destroy();
        reject(error);
      };
      const onAbort = () => fail(signal.reason);
      const timer =
        limitMs > 0
          ? setTimeout(
              () =>
                fail(
                  new Error(`no SSH session within ${endpoint.perDialTimeout} s (perDialTimeout)`),
                ),
              limitMs,
            )
          : undefined;
      const finish = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      client.once("ready", () => {
        finish();
        resolve(client);
      });
      // Stays for the life of the connection: an error event without a listener ends the process.
      client.on("error", (error) => fail(explain(error, pinned, presented)));
      client.once("close", () => fail(new Error("the server closed the connection")));
      client.connect({
        ...keepalive,
        ...(through === undefined
          ? { host: endpoint.host, port: endpoint.port }
          : { sock: /** @type {import("node:stream").Readable} */ (through) }),
        username: endpoint.user,
        readyTimeout: 0,
        authHandler,
        ...(pinned === undefined
          ? {}
          : {
              algorithms: {
                serverHostKey: /** @type {import("ssh2").ServerHostKeyAlgorithm[]} */ (
                  algorithmsFor(pinned)
                ),
              },
              hostVerifier: (/** @type {Buffer} */ key) => {
                presented = fingerprint(key);
                return key.equals(pinned.blob);
              },
            }),
      });
    });
}

/**
 * @param {Error & { level?: string, code?: string }} error of ssh2 or of the socket
 * @param {import("./ssh-host-key").HostKey | undefined} pinned
 * @param {string | undefined} presented fingerprint of the key that the server showed
 * @returns {Error} in words
 */
function explain(error, pinned, presented) {
  if (pinned !== undefined && presented !== undefined && presented !== pinned.fingerprint) {
    return new Error(
      `the host key is not the pinned one: the server presents ${presented}, ` +
        `connection.hostKey is ${pinned.fingerprint} (${pinned.type})`,
    );
  }
  if (pinned !== undefined && /host key (format|algorithm)/.test(error.message)) {
    return new Error(
      `the server has no host key of the pinned type ${pinned.type} (${pinned.fingerprint})`,
    );
  }
  if (error.level === "client-authentication") {
    return new Error("the server refused the credentials (key, password or agent) for this user");
  }
  const { code, message } = error;
  return new Error(code === undefined || message.includes(code) ? message : `${message} [${code}]`);
}

/**
 * @template T
 * @param {string} what for texts: "root@10.0.0.1:22"
 * @param {number} limit of failed attempts; one more is fatal; -1 = none
 * @param {AbortSignal} signal
 * @param {Tell} tell
 * @param {() => Promise<T>} attempt
 * @returns {Promise<T>}
 * @throws when the limit is passed or the signal comes; the text names `what`
 */
async function withRetries(what, limit, signal, tell, attempt) {
  const start = Date.now();
  for (let attempts = 1, pauseMs = firstPauseMs; ; attempts += 1, pauseMs *= 1.5) {
    try {
      return await attempt();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const seconds = ((Date.now() - start) / 1000).toFixed(1);
      if (signal.aborted) {
        throw new Error(`${what}: given up after ${seconds} s: ${signal.reason.message}`, {
          cause: error,
        });
      }
      if (limit >= 0 && attempts > limit) {
        throw new Error(
          `${what}: no connection after ${attempts} attempts in ${seconds} s ` +
            `(dialErrorLimit ${limit}): ${reason}`,
          { cause: error },
        );
      }
      tell(`Dial ${attempts}/${limit < 0 ? "inf" : limit} of ${what} failed: ${reason}: retrying`);
    }
    await pause(Math.min(pauseMs, longestPauseMs), undefined, { signal }).catch(() => {});
  }
}

/**
 * Opens a connection, through the proxy where one is given.
 *
 * @param {Connection} connection
 * @param {AbortSignal} signal ends waiting and attempts
 * @param {Tell} tell
 * @returns {Promise<{ client: Client, close: () => Promise<void> }>} `close` ends every hop and
 *   returns when they are closed
 * @throws with the host, the port, the cause and the number of attempts in the text
 */
async function dial(connection, signal, tell) {
  const attempt = attemptsAt(connection, "connection", signal);
  const { proxy } = connection;
  if (proxy === undefined) {
    const client = await withRetries(
      nameOf(connection),
      connection.dialErrorLimit,
      signal,
      tell,
      () => admission(connection, signal, attempt),
    );
    return { client, close: () => closeClient(client) };
  }
  const attemptProxy = attemptsAt(proxy, "connection.proxy", signal);
  const bastion = await withRetries(
    `proxy ${nameOf(proxy)}`,
    proxy.dialErrorLimit,
    signal,
    tell,
    () => admission(proxy, signal, attemptProxy),
  );
  try {
    const client = await withRetries(
      `${nameOf(connection)} through proxy ${nameOf(proxy)}`,
      connection.dialErrorLimit,
      signal,
      tell,
      async () =>
        admission(connection, signal, async () => attempt(await forward(bastion, connection))),
    );
    return {
      client,
      close: async () => {
        await closeClient(client);
        await closeClient(bastion);
      },
    };
  } catch (error) {
    await closeClient(bastion);
    throw error;
  }
}

/**
 * @param {Client} bastion
 * @param {Endpoint} to
 * @returns {Promise<import("node:stream").Duplex>} a stream to the endpoint, opened by the bastion
 */
function forward(bastion, { host, port, perDialTimeout }) {
  return new Promise((resolve, reject) => {
    const timer =
      perDialTimeout > 0
        ? setTimeout(
            () => reject(new Error(`the proxy got no answer within ${perDialTimeout} s`)),
            perDialTimeout * 1000,
          )
        : undefined;
    bastion.forwardOut("127.0.0.1", 0, host, port, (error, stream) => {
      clearTimeout(timer);
      if (error !== undefined) {
        reject(new Error(`the proxy does not reach it: ${error.message}`));
      } else {
        resolve(stream);
      }
    });
  });
}

/** @param {Client} client @returns {Promise<void>} when the connection is closed, or cut */
function closeClient(client) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      client.destroy();
      resolve();
    }, closeMs);
    client.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    client.end();
  });
}

module.exports = { dial, nameOf, withRetries };
