// @ts-check
/**
 * Official downloads. Each server has a short deadline to answer, because the next way (building
 * from source) waits for it. Nothing is taken whose SHA-256 is not known.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { capture, findOnPath } from "./process.mjs";

/** How long a server may take to answer with the first byte, in milliseconds. */
const answerMs = 6000;

/** How long a download may stall, in milliseconds. */
const stallMs = 30_000;

/** How long a whole download may take, in milliseconds. */
const wholeMs = 600_000;

/**
 * Where official builds come from. `HIVE_DOWNLOADS` names a mirror with the same paths below it
 * (`get/…`, `github/…`); `HIVE_DOWNLOADS=none` switches downloads off.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{get: string, github: string} | undefined} base addresses; nothing when downloads are
 *   off
 */
export function downloadServers(env) {
  const mirror = env.HIVE_DOWNLOADS;
  if (mirror === "none") return undefined;
  if (mirror) {
    const base = mirror.replace(/\/+$/, "");
    return { get: `${base}/get`, github: `${base}/github` };
  }
  return { get: "https://get.pulumi.com", github: "https://github.com" };
}

/**
 * The names that Pulumi's release archives use for a platform.
 * @param {string} platform as Node.js names it, `<os>-<arch>`
 * @returns {{cli: string, plugin: string} | undefined} nothing where no release exists
 */
export function releasePlatform(platform) {
  return {
    "linux-x64": { cli: "linux-x64", plugin: "linux-amd64" },
    "linux-arm64": { cli: "linux-arm64", plugin: "linux-arm64" },
    "darwin-x64": { cli: "darwin-x64", plugin: "darwin-amd64" },
    "darwin-arm64": { cli: "darwin-arm64", plugin: "darwin-arm64" },
  }[platform];
}

/**
 * An archive to download.
 * @typedef {object} Archive
 * @property {string[]} urls tried in order
 * @property {Record<string, string>} pinned SHA-256 by file name, from `toolchain/versions.json`
 * @property {string} checksums address of a text with lines `<sha256>  <file name>`, from the
 *   publisher; only for files that are not pinned
 */

/**
 * @param {object} what
 * @param {NodeJS.ProcessEnv} what.env
 * @param {string} what.platform
 * @param {string} what.version
 * @param {Record<string, string>} [what.pinned] see {@link Archive}; default: none
 * @param {string} [what.plugin] a plugin's name; without it: the CLI
 * @returns {Archive | undefined} nothing when downloads are off or no release exists for the
 *   platform
 */
export function releaseArchive({ env, platform, version, pinned = {}, plugin }) {
  const servers = downloadServers(env);
  const names = releasePlatform(platform);
  if (!servers || !names) return undefined;
  if (plugin === undefined) {
    const file = `pulumi-v${version}-${names.cli}.tar.gz`;
    const release = `${servers.github}/pulumi/pulumi/releases/download/v${version}`;
    return {
      urls: [`${servers.get}/releases/sdk/${file}`, `${release}/${file}`],
      pinned,
      checksums: `${release}/pulumi-${version}-checksums.txt`,
    };
  }
  const file = `pulumi-resource-${plugin}-v${version}-${names.plugin}.tar.gz`;
  const release = `${servers.github}/pulumi/pulumi-${plugin}/releases/download/v${version}`;
  return {
    urls: [`${servers.get}/releases/plugins/${file}`, `${release}/${file}`],
    pinned,
    checksums: `${release}/pulumi-${plugin}_${version}_checksums.txt`,
  };
}

/**
 * Downloads an archive and unpacks it.
 * @param {Archive} archive
 * @param {object} options
 * @param {string} options.folder an existing, empty folder
 * @param {NodeJS.ProcessEnv} options.env
 * @param {AbortSignal} options.signal
 * @param {(text: string) => void} options.report
 * @returns {Promise<{problem?: string}>} problem: why it failed, in a few words; try the next way
 *   then
 */
export async function downloadArchive(archive, { folder, env, signal, report }) {
  const file = path.join(folder, "archive.tar.gz");
  let problem = "";
  for (const url of archive.urls) {
    report(`downloading ${url}`);
    try {
      await fetchToFile(url, file, { env, signal });
    } catch (error) {
      signal.throwIfAborted();
      problem = `${new URL(url).host}: ${reason(error)}`;
      continue;
    }
    const digest = sha256(file);
    const name = path.basename(new URL(url).pathname);
    const pinned = archive.pinned[name];
    const from = pinned === undefined ? archive.checksums : "toolchain/versions.json";
    const wanted = pinned ?? (await publishedDigest(archive.checksums, name, { env, signal }));
    if (wanted !== digest) {
      problem = `${url}: SHA-256 is ${digest}, but ${from} ${wanted === undefined ? "has none for it" : `says ${wanted}`}`;
      continue;
    }
    const unpacked = await capture("tar", ["-xzf", file, "-C", folder], { timeoutMs: 120_000 });
    fs.rmSync(file, { force: true });
    if (unpacked?.code === 0) return {};
    problem = `${url}: tar could not unpack it: ${unpacked?.stderr.trim() ?? "tar is missing"}`;
  }
  return { problem };
}

/**
 * @param {string} url
 * @param {string} file
 * @param {{env: NodeJS.ProcessEnv, signal: AbortSignal}} options
 * @returns {Promise<void>}
 */
async function fetchToFile(url, file, { env, signal }) {
  const curl = proxyIsSet(env) ? findOnPath("curl", env) : undefined;
  if (curl !== undefined) {
    // fetch() of Node.js 20 ignores the proxy variables; curl uses them.
    const args = ["-fsSL", "--connect-timeout", `${answerMs / 1000}`, "--speed-limit", "1024"];
    args.push("--speed-time", `${stallMs / 1000}`, "-o", file, url);
    const result = await capture(curl, args, { env, timeoutMs: wholeMs });
    if (result?.code !== 0) throw new Error(result?.stderr.trim() || "curl failed");
    return;
  }
  const own = new AbortController();
  const stop = () => own.abort(new Error("cancelled"));
  signal.addEventListener("abort", stop);
  let timer = setTimeout(
    () => own.abort(new Error(`no answer within ${answerMs / 1000} s`)),
    answerMs,
  );
  const out = fs.openSync(file, "w");
  try {
    const response = await fetch(url, { signal: own.signal });
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => own.abort(new Error("the download stands still")), stallMs);
      fs.writeSync(out, chunk);
    }
  } catch (error) {
    throw own.signal.aborted ? own.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    fs.closeSync(out);
  }
}

/**
 * @param {string} url
 * @param {string} name
 * @param {{env: NodeJS.ProcessEnv, signal: AbortSignal}} options
 * @returns {Promise<string | undefined>} nothing when the publisher offers none for that file
 */
async function publishedDigest(url, name, { env, signal }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hive-checksums-"));
  try {
    const file = path.join(folder, "checksums");
    await fetchToFile(url, file, { env, signal });
    return digestIn(fs.readFileSync(file, "utf8"), name);
  } catch {
    return undefined;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} text lines of `<sha256>  <file name>`
 * @param {string} name
 * @returns {string | undefined}
 */
export function digestIn(text, name) {
  for (const line of text.split("\n")) {
    const match = /^([0-9a-f]{64})\s+\*?(\S+)\s*$/i.exec(line);
    if (match?.[1] !== undefined && match[2] === name) return match[1].toLowerCase();
  }
  return undefined;
}

/** @param {string} file @returns {string} */
function sha256(file) {
  return createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}

/** @param {NodeJS.ProcessEnv} env @returns {boolean} */
function proxyIsSet(env) {
  return Boolean(env.HTTPS_PROXY || env.https_proxy || env.ALL_PROXY || env.all_proxy);
}

/** @param {unknown} error @returns {string} */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : undefined;
  return cause ?? error.message;
}
