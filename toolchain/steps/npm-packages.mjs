// @ts-check
/** The step that brings node_modules in line with package-lock.json. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { withLock } from "../mechanics/lock.mjs";
import { findOnPath, runLogged } from "../mechanics/process.mjs";
import { logFile } from "../mechanics/project.mjs";
import { readJson, stampMatches, writeStamp } from "../mechanics/stamp.mjs";
import { StepError } from "../mechanics/step-error.mjs";

/** How long `npm ci` may take, in milliseconds. */
const installMs = 20 * 60_000;

/**
 * A key of what node_modules was installed from: the lock file and the major version of Node.js
 * (for compiled modules).
 * @param {string} lockText
 * @param {string} nodeVersion
 * @returns {string}
 */
export function npmKey(lockText, nodeVersion) {
  return `${createHash("sha256").update(lockText).digest("hex")} node ${nodeVersion.split(".")[0]}`;
}

/**
 * Whether a node_modules that npm wrote holds exactly what the lock file asks for.
 * @param {any} lock package-lock.json
 * @param {any} installed node_modules/.package-lock.json, npm's own record; nothing when there is
 *   none
 * @returns {boolean}
 */
export function installedMatchesLock(lock, installed) {
  if (!installed?.packages || !lock?.packages) return false;
  for (const [name, wanted] of Object.entries(lock.packages)) {
    if (name === "") continue;
    const have = installed.packages[name];
    // Optional packages are missing if they do not fit the platform.
    if (!have && wanted.optional === true) continue;
    if (have?.version !== wanted.version || have?.integrity !== wanted.integrity) return false;
  }
  return Object.keys(installed.packages).every((name) => name in lock.packages);
}

/**
 * Whether node_modules is what the lock file asks for. Looks only.
 * @param {import("../mechanics/project.mjs").Project} project
 * @returns {boolean}
 */
export function npmPackagesArePresent(project) {
  const { stamp, key } = places(project);
  if (stampMatches(stamp, key)) return true;
  const folder = path.join(project.root, "node_modules");
  return installedMatchesLock(
    readJson(path.join(project.root, "package-lock.json")),
    readJson(path.join(folder, ".package-lock.json")),
  );
}

/**
 * @param {import("../mechanics/project.mjs").Project} project
 * @returns {import("../mechanics/graph.mjs").Step}
 */
export function npmPackages(project) {
  return {
    name: "npm",
    title: "npm packages",
    needs: [],
    run: async (context) => {
      const { stamp, key } = places(project);
      if (stampMatches(stamp, key)) return { changed: false, detail: "present" };
      const name = createHash("sha256").update(project.root).digest("hex").slice(0, 12);
      const lock = path.join(project.layout.locks, `npm-${name}.lock`);
      const onWait = () => context.report("another run is working in this folder; waiting");
      return withLock(lock, () => install(project, context), { signal: context.signal, onWait });
    },
  };
}

/**
 * @param {import("../mechanics/project.mjs").Project} project
 * @param {import("../mechanics/graph.mjs").StepContext} context
 * @returns {Promise<import("../mechanics/graph.mjs").StepOutcome>}
 */
async function install(project, { signal, report }) {
  const { stamp, key } = places(project);
  if (npmPackagesArePresent(project)) {
    writeStamp(stamp, key);
    return { changed: false, detail: "present" };
  }
  const npm = findOnPath("npm", project.env);
  if (npm === undefined) {
    throw new StepError("npm is not on the PATH", {
      remedy: [
        "Install it (it comes with Node.js; on Debian and Ubuntu: apt-get install npm), then run the command again.",
      ],
    });
  }
  report("npm ci");
  const log = logFile(project, "npm");
  const from = fs.existsSync(log) ? fs.statSync(log).size : 0;
  try {
    await runLogged(npm, ["ci", "--no-audit", "--no-fund"], {
      what: "npm ci",
      log,
      signal,
      timeoutMs: installMs,
      cwd: project.root,
      env: project.env,
    });
  } catch (error) {
    if (!(error instanceof StepError) || error.log === undefined) throw error;
    const lines = npmErrors(fs.readFileSync(log, "utf8").slice(from));
    throw new StepError(error.message, { ...error, tail: lines.length > 0 ? lines : error.tail });
  }
  writeStamp(stamp, key);
  return { changed: true, detail: "installed as package-lock.json says" };
}

/**
 * npm's error message: its first lines, because it ends with its usage.
 * @param {string} output
 * @returns {string[]}
 */
export function npmErrors(output) {
  return output
    .split("\n")
    .filter((line) => line.startsWith("npm error "))
    .map((line) => line.slice("npm error ".length))
    .filter((line) => line.trim() !== "")
    .slice(0, 8);
}

/**
 * @param {import("../mechanics/project.mjs").Project} project
 * @returns {{stamp: string, key: string}}
 */
function places(project) {
  const lock = fs.readFileSync(path.join(project.root, "package-lock.json"), "utf8");
  return {
    stamp: path.join(project.root, "node_modules", ".hive-stamp"),
    key: npmKey(lock, process.versions.node),
  };
}
