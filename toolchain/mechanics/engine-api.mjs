// @ts-check
/**
 * The toolchain's requests to a Docker Engine, over its HTTP interface: no docker command is
 * needed.
 */
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import os from "node:os";
import path from "node:path";

/** The Docker Engine's usual address on Linux. */
export const defaultAddress = "unix:///var/run/docker.sock";

/**
 * The sockets where a Docker Engine of this user may listen, the usual one first.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} home
 * @returns {string[]} paths
 */
export function socketCandidates(env, home) {
  return [
    "/var/run/docker.sock",
    ...(env.XDG_RUNTIME_DIR ? [path.join(env.XDG_RUNTIME_DIR, "docker.sock")] : []),
    path.join(home, ".docker/run/docker.sock"),
    path.join(home, ".docker/desktop/docker.sock"),
    path.join(home, ".colima/default/docker.sock"),
    path.join(home, ".orbstack/run/docker.sock"),
    path.join(home, ".rd/docker.sock"),
  ];
}

/**
 * The address of the Docker Engine: DOCKER_HOST, else the first socket that exists, else the usual
 * one.
 * @param {NodeJS.ProcessEnv} env
 * @param {{home?: string, exists?: (file: string) => boolean}} [options] for tests
 * @returns {string} `unix://…`, `tcp://…` or `ssh://…`
 */
export function engineAddress(env, { home = os.homedir(), exists = fs.existsSync } = {}) {
  if (env.DOCKER_HOST) return env.DOCKER_HOST;
  const socket = socketCandidates(env, home).find(exists);
  return socket === undefined ? defaultAddress : `unix://${socket}`;
}

/**
 * @typedef {object} EngineAnswer
 * @property {number} status
 * @property {string} text the body (its last 64 kB when it was read line by line)
 */

/**
 * One request to the Docker Engine.
 * @param {object} request
 * @param {NodeJS.ProcessEnv} request.env
 * @param {string} request.path
 * @param {string} [request.method] default: GET
 * @param {import("node:stream").Readable} [request.body] sent in chunks
 * @param {number} request.silentMs how long the Docker Engine may say nothing, in milliseconds
 * @param {AbortSignal} [request.signal]
 * @param {(line: string) => void} [request.onLine] called for each line of the answer as it comes
 * @returns {Promise<EngineAnswer>}
 * @throws {Error} when there is no answer; the error's `code` is the system's (ENOENT, EACCES,
 *   ECONNREFUSED)
 */
export function askEngine({ env, path: where, method = "GET", body, silentMs, signal, onLine }) {
  return new Promise((resolve, reject) => {
    const { client, options } = connection(env);
    const request = client.request(
      { ...options, path: where, method, ...(signal ? { signal } : {}) },
      (response) => {
        let text = "";
        let rest = "";
        response.setEncoding("utf8");
        response.on("data", (/** @type {string} */ chunk) => {
          text = (text + chunk).slice(-65_536);
          if (!onLine) return;
          const lines = (rest + chunk).split(/\r?\n/);
          rest = lines.pop() ?? "";
          lines.filter((line) => line !== "").forEach(onLine);
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        response.on("error", reject);
      },
    );
    request.setTimeout(silentMs, () => {
      request.destroy(
        new Error(`the Docker Engine did not answer for ${Math.round(silentMs / 1000)} s`),
      );
    });
    request.on("error", reject);
    if (body) {
      body.on("error", (error) => request.destroy(error));
      body.pipe(request);
    } else {
      request.end();
    }
  });
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {{client: {request: typeof http.request}, options: https.RequestOptions}}
 */
function connection(env) {
  const address = new URL(engineAddress(env));
  if (address.protocol === "unix:") {
    return { client: http, options: { socketPath: decodeURIComponent(address.pathname) } };
  }
  if (
    address.protocol !== "tcp:" &&
    address.protocol !== "http:" &&
    address.protocol !== "https:"
  ) {
    throw new Error(`DOCKER_HOST=${address.href}: hive needs a Docker Engine at unix:// or tcp://`);
  }
  const at = { hostname: address.hostname, port: address.port };
  if (address.protocol !== "https:" && !env.DOCKER_TLS_VERIFY) return { client: http, options: at };
  const folder = env.DOCKER_CERT_PATH ?? path.join(os.homedir(), ".docker");
  const read = (/** @type {string} */ name) => fs.readFileSync(path.join(folder, name));
  return {
    client: https,
    options: { ...at, ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") },
  };
}

/**
 * The version of the Docker Engine that answers.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{version: string} | {code: string, message: string}>} code: the system's error
 *   code
 */
export async function pingEngine(env) {
  try {
    const answer = await askEngine({ env, path: "/version", silentMs: 5000 });
    if (answer.status !== 200)
      return { code: `HTTP ${answer.status}`, message: answer.text.trim() };
    return { version: String(JSON.parse(answer.text).Version) };
  } catch (error) {
    const { code = "ERROR", message } = /** @type {NodeJS.ErrnoException} */ (error);
    return { code, message };
  }
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} tag
 * @returns {Promise<boolean>} whether the Docker Engine has an image of that tag
 */
export async function imageIsPresent(env, tag) {
  return (await inspectImage(env, tag)) !== undefined;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} tag
 * @returns {Promise<{id: string, created: string} | undefined>} the image that the Docker Engine
 *   has under that tag, and when it was made (ISO 8601)
 */
export async function inspectImage(env, tag) {
  const answer = await askEngine({
    env,
    path: `/images/${encodeURIComponent(tag)}/json`,
    silentMs: 15_000,
  });
  if (answer.status !== 200) return undefined;
  const { Id, Created } = JSON.parse(answer.text);
  return { id: String(Id), created: String(Created ?? "") };
}
