// @ts-check
/**
 * Where the toolchain keeps what it downloaded or built: one folder outside the work tree, shared
 * by every clone of this computer's user, with one sub-folder per platform and pin, so that two
 * versions never overwrite each other.
 */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the toolchain's own code. */
export const toolchainFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folder of the project (the clone). */
export const projectFolder = dirname(toolchainFolder);

/**
 * Every pin of the toolchain, as written in versions.json.
 * @typedef {object} Versions
 * @property {{minimum: string}} node
 * @property {{minimum: string}} go
 * @property {{version: string, minimum: string, module: string, package: string, tags: string}} cli
 * @property {{version: string, module: string, package: string, tags: string}} languageHost
 * @property {{module: string, tags: string, plugins: string[]}} bridge
 * @property {{docker: string, random: string, aws: string}} plugins
 * @property {{folder: string, module: string, version: string, sum: string}} awsProvider the Go
 *   module that the aws plugin is built from, its checksum as in go.sum, and the folder of hive's
 *   own part, relative to the toolchain folder
 * @property {{version: string, module: string, package: string, tags: string}} actionlint
 * @property {Record<string, string>} checksums SHA-256 of release archives by file name
 * @property {{tag: string, suite: string, variant: string}[]} baseImages
 * @property {{tag: string, suite: string, variant: string}[]} testImages
 */

/**
 * @param {string} [folder] the toolchain folder; default: this one
 * @returns {Versions}
 */
export function readVersions(folder = toolchainFolder) {
  return JSON.parse(readFileSync(join(folder, "versions.json"), "utf8"));
}

/**
 * The cache folder: `$HIVE_CACHE`, else `$XDG_CACHE_HOME/hive`, else `~/.cache/hive`.
 * An empty variable counts as unset (XDG Base Directory specification).
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [home] the user's home folder; default: the system's answer
 * @returns {string} absolute path
 */
export function cacheFolder(env, home = homedir()) {
  if (env.HIVE_CACHE) return resolve(env.HIVE_CACHE);
  if (env.XDG_CACHE_HOME) return resolve(env.XDG_CACHE_HOME, "hive");
  return join(home, ".cache", "hive");
}

/**
 * A short, stable name for a set of pins.
 * @param {unknown} parts anything JSON can hold; the order of object keys does not matter
 * @returns {string} 12 hexadecimal digits
 */
export function cacheKey(parts) {
  return createHash("sha256").update(canonical(parts)).digest("hex").slice(0, 12);
}

/** @param {unknown} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/**
 * A digest of every file below a folder, by relative path and content.
 * @param {string} folder
 * @returns {string} hexadecimal SHA-256
 */
export function folderDigest(folder) {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  for (const file of files) {
    hash.update(relative(folder, file).split(sep).join("/")).update("\0");
    hash.update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

/**
 * The folders of one set of pins on one platform.
 * @typedef {object} CacheLayout
 * @property {string} root the cache folder itself
 * @property {string} platform `<os>-<arch>` as Node names them, for example `linux-x64`
 * @property {string} engine holds `pulumi`, `pulumi-language-nodejs`,
 *   `pulumi-resource-pulumi-nodejs`
 * @property {string} bridge holds the plugins that were built here
 * @property {string} home Pulumi's own home (`PULUMI_HOME`), with `plugins/`
 * @property {string} locks
 * @property {string} logs
 * @property {string} dockerEngine log and process id of a Docker Engine that was started by hand
 */

/**
 * @param {object} options
 * @param {NodeJS.ProcessEnv} options.env
 * @param {Versions} [options.versions]
 * @param {string} [options.folder] the toolchain folder
 * @param {string} [options.platform] default: this computer
 * @returns {CacheLayout}
 */
export function cacheLayout({
  env,
  folder = toolchainFolder,
  versions = readVersions(folder),
  platform,
}) {
  const root = cacheFolder(env);
  const where = platform ?? `${process.platform}-${process.arch}`;
  const digest = (/** @type {string} */ module) => folderDigest(join(folder, module));
  const { cli, languageHost, bridge, plugins } = versions;
  const engineKey = cacheKey([cli, languageHost, digest(cli.module), digest(languageHost.module)]);
  const { docker, random } = plugins;
  const bridgeKey = cacheKey([bridge, docker, random, digest(bridge.module)]);
  return {
    root,
    platform: where,
    engine: join(root, where, `engine-${cli.version}-${engineKey}`),
    bridge: join(root, where, `bridge-${bridgeKey}`),
    home: join(root, where, `home-${cacheKey([{ docker, random }, bridgeKey])}`),
    locks: join(root, "locks"),
    logs: join(root, "logs"),
    dockerEngine: join(root, "docker-engine"),
  };
}
