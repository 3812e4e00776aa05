// @ts-check
/** Checks everything that the steps would get, and changes nothing. */
import fs from "node:fs";
import path from "node:path";
import { dockerRemedy } from "../mechanics/docker-remedy.mjs";
import { downloadServers, releasePlatform } from "../mechanics/download.mjs";
import { engineAddress, imageIsPresent, pingEngine } from "../mechanics/engine-api.mjs";
import { findGo, freeBytes, sizeText } from "../mechanics/go-build.mjs";
import { findOnPath } from "../mechanics/process.mjs";
import { atLeast } from "../mechanics/versions.mjs";
import { aptIsHere, dockerFacts, ownEngine } from "./docker-engine.mjs";
import { findEngine, originOf } from "./engine.mjs";
import { npmPackagesArePresent } from "./npm-packages.mjs";
import { builtPlugin, installedPlugin, originText, pluginOrigin } from "./plugins.mjs";

/** How long a server may take to answer, in milliseconds. */
const answerMs = 4000;

/**
 * Less free disk than this is reported, in bytes: images and volumes of a private stage need it.
 */
const littleDisk = 5 * 1024 ** 3;

/** @typedef {import("../mechanics/findings.mjs").Finding} Finding */
/** @typedef {import("../mechanics/project.mjs").Project} Project */

/**
 * The ways to get what is missing.
 * @typedef {object} Ways
 * @property {boolean} download Pulumi's releases can be reached
 * @property {{path: string, version: string} | undefined} go
 */

/**
 * @param {Project} project
 * @returns {Promise<Finding[]>} in the order in which they are needed
 */
export async function examine(project) {
  const [download, go, docker] = await Promise.all([
    (await engineAndPluginsArePresent(project)) ? false : releasesAnswer(project),
    findGo(project.env),
    examineDocker(project),
  ]);
  const ways = { download, go };
  return [
    found("Node.js", process.versions.node, process.execPath),
    examineNpm(project),
    ...(await examineEngine(project, ways)),
    ...examinePlugins(project, ways),
    examineGo(project, ways),
    ...docker,
    examineDisk(project),
    examineState(project),
  ];
}

/** @param {Project} project @returns {Finding} */
function examineNpm(project) {
  const place = path.join(project.root, "node_modules");
  if (npmPackagesArePresent(project)) return found("npm packages", "", place);
  if (findOnPath("npm", project.env) === undefined) {
    return missing("npm packages", [
      "Install npm (it comes with Node.js; on Debian and Ubuntu: apt-get install npm).",
    ]);
  }
  return comes("npm packages", "npm ci");
}

/** @param {Project} project @param {Ways} ways @returns {Promise<Finding[]>} */
async function examineEngine(project, ways) {
  const { cli, languageHost } = project.versions;
  const engine = await findEngine(project);
  if (engine?.from === "path") {
    return [
      found("Pulumi CLI", engine.version, `${engine.folder} (on the PATH)`),
      found("Pulumi language host", engine.version, engine.folder),
    ];
  }
  /** @param {string} what @param {string} file @param {string} version @returns {Finding} */
  const one = (what, file, version) => {
    const place = path.join(project.layout.engine, file);
    if (fs.existsSync(place)) return found(what, version, `${place} (${originOf(project, file)})`);
    return obtainable(what, version, ways, project);
  };
  return [
    one("Pulumi CLI", "pulumi", cli.version),
    one("Pulumi language host", "pulumi-language-nodejs", languageHost.version),
  ];
}

/** @param {Project} project @param {Ways} ways @returns {Finding[]} */
function examinePlugins(project, ways) {
  return /** @type {const} */ (["docker", "random"]).map((name) => {
    const what = `Pulumi plugin ${name}`;
    const version = project.versions.plugins[name];
    const origin = pluginOrigin(project, name);
    if (origin) return found(what, version, originText[origin]);
    const installed = installedPlugin(project, name);
    if (installed !== undefined) return found(what, version, installed);
    const built = builtPlugin(project, name);
    if (fs.existsSync(built)) return comes(what, `${version}: link ${built}`);
    return obtainable(what, version, ways, project);
  });
}

/**
 * @param {string} what
 * @param {string} version
 * @param {Ways} ways
 * @param {Project} project
 * @returns {Finding}
 */
function obtainable(what, version, { download, go }, project) {
  const minimum = project.versions.go.minimum;
  if (download) return comes(what, `${version}: download`);
  if (go) return comes(what, `${version}: build with Go (minutes)`);
  return missing(what, [
    `${version} can neither be downloaded (https://get.pulumi.com does not answer) nor built (Go is not installed).`,
    `Install Go ${minimum} or newer: https://go.dev/dl/, or let this computer reach https://get.pulumi.com.`,
  ]);
}

/**
 * @param {Project} project
 * @returns {Promise<boolean>} whether nothing is left to download or build
 */
async function engineAndPluginsArePresent(project) {
  const names = /** @type {const} */ (["docker", "random"]);
  return (
    (await findEngine(project)) !== undefined &&
    names.every((name) => pluginOrigin(project, name) !== undefined)
  );
}

/** @param {Project} project @param {Ways} ways @returns {Finding} */
function examineGo(project, { go }) {
  const minimum = project.versions.go.minimum;
  if (go && atLeast(go.version, minimum)) return found("Go", go.version, go.path);
  const where = go ? `${go.path} is older than ${minimum}` : "none";
  return {
    what: "Go",
    status: "optional",
    version: go?.version ?? "",
    where: `${where} (builds what cannot be downloaded)`,
    remedy: [],
  };
}

/** @param {Project} project @returns {Promise<Finding[]>} */
async function examineDocker(project) {
  const { env } = project;
  const address = engineAddress(env);
  const images = project.versions.baseImages;
  const answer = await pingEngine(env);
  if (!("version" in answer)) {
    const facts = dockerFacts(project, answer.code);
    const { problem, remedy } = dockerRemedy(facts);
    const helps =
      facts.os === "linux" &&
      facts.root &&
      !facts.addressGiven &&
      (facts.installed || aptIsHere(facts, env));
    const how = facts.installed ? "start it" : "apt-get install docker.io, and start it";
    return [
      helps
        ? comes("Docker Engine", how)
        : missing("Docker Engine", [`${problem} (${answer.message})`, ...remedy]),
      ...images.map(({ tag }) => comes(`Base image ${tag}`, "pull it, else debootstrap")),
    ];
  }
  const whose = ownEngine(project) ? ", started by hive" : "";
  const presence = await Promise.all(images.map(({ tag }) => imageIsPresent(env, tag)));
  return [
    found("Docker Engine", answer.version, `${address}${whose}`),
    ...images.map(({ tag }, index) => {
      const what = `Base image ${tag}`;
      return presence[index]
        ? found(what, "", "on the Docker Engine")
        : comes(what, "pull it, else debootstrap");
    }),
  ];
}

/** @param {Project} project @returns {Finding} */
function examineDisk(project) {
  const { root } = project.layout;
  const free = freeBytes(root);
  const text = free === undefined ? "" : `${sizeText(free)} free`;
  if (free !== undefined && free < littleDisk) {
    return missing("Disk for the cache", [
      `${root}: ${text}. Free some space, or set HIVE_CACHE to a folder on another disk.`,
    ]);
  }
  return found("Disk for the cache", text, root);
}

/** @param {Project} project @returns {Finding} */
function examineState(project) {
  const backend = project.env.PULUMI_BACKEND_URL;
  if (backend) return found("State", "", `${backend} (PULUMI_BACKEND_URL)`);
  const place = path.join(project.home, "state");
  return fs.existsSync(place) ? found("State", "", place) : comes("State", `make ${place}`);
}

/**
 * @param {Project} project
 * @returns {Promise<boolean>} whether the server of Pulumi's releases answers
 */
async function releasesAnswer(project) {
  const servers = downloadServers(project.env);
  if (!servers || !releasePlatform(project.layout.platform)) return false;
  try {
    const { version } = project.versions.cli;
    const names = releasePlatform(project.layout.platform);
    const url = `${servers.get}/releases/sdk/pulumi-v${version}-${names?.cli}.tar.gz`;
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(answerMs) });
    return response.ok;
  } catch {
    return false;
  }
}

/** @param {string} what @param {string} version @param {string} where @returns {Finding} */
function found(what, version, where) {
  return { what, status: "found", version, where, remedy: [] };
}

/** @param {string} what @param {string} how @returns {Finding} */
function comes(what, how) {
  return { what, status: "can be made", version: "", where: `npm start will: ${how}`, remedy: [] };
}

/** @param {string} what @param {string[]} remedy @returns {Finding} */
function missing(what, remedy) {
  return { what, status: "missing", version: "", where: "missing", remedy };
}
