// @ts-check
/**
 * The input of every step: the project's folder, the pins, the cache and the environment of the
 * process.
 */
import os from "node:os";
import path from "node:path";
import { cacheLayout, projectFolder, readVersions, toolchainFolder } from "./cache.mjs";
import { limiter } from "./graph.mjs";

/**
 * @typedef {object} Project
 * @property {string} root the clone
 * @property {string} toolchain the toolchain's own folder
 * @property {string} home `.hive` of the clone, or `$HIVE_HOME`: state, passphrase, keys
 * @property {NodeJS.ProcessEnv} env
 * @property {import("./cache.mjs").Versions} versions
 * @property {import("./cache.mjs").CacheLayout} layout
 * @property {<T>(action: () => Promise<T>, signal: AbortSignal, onWait?: () => void) => Promise<T>}
 *   heavy runs an action that needs much memory, as many at once as this computer can bear
 */

/**
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env] default: this process's
 * @param {string} [options.root] default: the clone that this file belongs to
 * @returns {Project}
 */
export function openProject({ env = process.env, root = projectFolder } = {}) {
  const versions = readVersions();
  return {
    root,
    toolchain: toolchainFolder,
    home: env.HIVE_HOME ? path.resolve(env.HIVE_HOME) : path.join(root, ".hive"),
    env,
    versions,
    layout: cacheLayout({ env, versions }),
    heavy: limiter(buildSlots(os.totalmem())),
  };
}

/**
 * How many builds may run at once: each needs up to 3 GiB while it links.
 * @param {number} memory of the computer, in bytes
 * @returns {number} 1 to 3
 */
export function buildSlots(memory) {
  return Math.max(1, Math.min(3, Math.floor(memory / (3 * 1024 ** 3))));
}

/**
 * The log file of a step of this run.
 * @param {Project} project
 * @param {string} step
 * @returns {string}
 */
export function logFile(project, step) {
  return path.join(project.layout.logs, `${step}-${process.pid}.log`);
}
