// @ts-check
/** The steps that get Pulumi: its CLI, and the host that runs Node.js programs. */
import fs from "node:fs";
import path from "node:path";
import { downloadArchive, releaseArchive } from "../mechanics/download.mjs";
import { goBuild } from "../mechanics/go-build.mjs";
import { withLock } from "../mechanics/lock.mjs";
import { capture, findOnPath, isExecutable } from "../mechanics/process.mjs";
import { readJson, writeJson } from "../mechanics/stamp.mjs";
import { StepError } from "../mechanics/step-error.mjs";
import { atLeast, sameMajor } from "../mechanics/versions.mjs";

const cliName = "pulumi";
const hostName = "pulumi-language-nodejs";

/** The linker variable that both programs take their version from. */
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** @typedef {import("../mechanics/project.mjs").Project} Project */
/** @typedef {import("../mechanics/graph.mjs").Step} Step */
/** @typedef {import("../mechanics/graph.mjs").StepContext} StepContext */

/**
 * A usable Pulumi CLI.
 * @typedef {object} Engine
 * @property {string} folder holds the CLI and the language host
 * @property {string} version of the CLI; empty when it is not known yet
 * @property {"path" | "cache"} from the user's PATH, or hive's cache
 */

/**
 * The CLI to use: one on the PATH that is new enough and has the language host beside it, else
 * hive's own. Looks only, and asks a program for its version just once.
 * @param {Project} project
 * @returns {Promise<Engine | undefined>} nothing when neither is there
 */
export async function findEngine(project) {
  const onPath = await engineOnPath(project);
  if (onPath) return onPath;
  const { engine } = project.layout;
  if (!isExecutable(path.join(engine, cliName)) || !isExecutable(path.join(engine, hostName)))
    return undefined;
  return { folder: engine, version: project.versions.cli.version, from: "cache" };
}

/**
 * @param {Project} project
 * @returns {Promise<Engine | undefined>}
 */
async function engineOnPath(project) {
  const found = findOnPath(cliName, project.env);
  if (found === undefined) return undefined;
  const real = fs.realpathSync(found);
  const folder = path.dirname(real);
  // In an environment of hive, the CLI on the PATH is hive's own: it does not count.
  if (folder.startsWith(project.layout.root + path.sep)) return undefined;
  // The CLI looks for its language hosts beside itself.
  if (!isExecutable(path.join(folder, hostName))) return undefined;
  const version = await versionOf(project, real);
  const { minimum, version: pinned } = project.versions.cli;
  if (!atLeast(version, minimum) || !sameMajor(version, pinned)) return undefined;
  return { folder, version, from: "path" };
}

/**
 * The version that a CLI reports, remembered until its file changes.
 * @param {Project} project
 * @param {string} file
 * @returns {Promise<string>} empty when it cannot say
 */
async function versionOf(project, file) {
  const { mtimeMs, size } = fs.statSync(file);
  const memory = path.join(project.layout.root, project.layout.platform, "cli-versions.json");
  const key = `${file} ${mtimeMs} ${size}`;
  const known = readJson(memory) ?? {};
  if (typeof known[key] === "string") return known[key];
  const answer = await capture(file, ["version"], {
    env: { ...project.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const version = answer?.code === 0 ? answer.stdout.trim().replace(/^v/, "") : "";
  if (version !== "") {
    try {
      writeJson(memory, { [key]: version });
    } catch {
      // The step that needs the cache reports that it cannot be written.
    }
  }
  return version;
}

/**
 * The steps for CLI and language host: both come from one release archive, so they share the
 * download; if it fails, they are built side by side.
 * @param {Project} project
 * @returns {Step[]}
 */
export function engineSteps(project) {
  const { cli, languageHost } = project.versions;
  /** @type {Promise<{found?: Engine, closed?: string}> | undefined} */
  let first;
  const lookAndDownload = (/** @type {StepContext} */ context) =>
    (first ??= release(project, context));
  /**
   * @param {string} file
   * @param {{module: string, package: string, tags: string, version: string}} pin
   * @param {string} title
   * @param {StepContext} context
   */
  const obtain = async (file, pin, title, context) => {
    const { found, closed } = await lookAndDownload(context);
    if (found?.from === "path") {
      return { changed: false, detail: `${found.version} on the PATH (${found.folder})` };
    }
    const output = path.join(project.layout.engine, file);
    if (found)
      return {
        changed: false,
        detail: `${pin.version} (${originOf(project, file)}, ${found.folder})`,
      };
    if (closed === undefined) {
      record(project, file, "downloaded");
      return { changed: true, detail: `${cli.version} downloaded (checksum verified)` };
    }
    const lock = path.join(
      project.layout.locks,
      `${path.basename(project.layout.engine)}-${file}.lock`,
    );
    return withLock(
      lock,
      async () => {
        if (isExecutable(output)) return { changed: false, detail: `${pin.version} (${output})` };
        const build = {
          title,
          ...pin,
          variable: versionVariable,
          value: `v${pin.version}`,
          output,
          because: closed,
        };
        await goBuild(project, build, context);
        record(project, file, "built");
        return { changed: true, detail: `${pin.version} built (${output})` };
      },
      {
        signal: context.signal,
        onWait: () => context.report("another run is building it; waiting"),
      },
    );
  };
  return [
    {
      name: "cli",
      title: "Pulumi CLI",
      needs: [],
      run: async (context) => {
        const outcome = await obtain(cliName, cli, "the Pulumi CLI", context);
        if (outcome.changed) await checkCli(project);
        return outcome;
      },
    },
    {
      name: "language-host",
      title: "Pulumi language host",
      needs: [],
      run: (context) =>
        obtain(hostName, languageHost, "the Pulumi language host for Node.js", context),
    },
  ];
}

/**
 * Looks for a usable CLI, and downloads the official release if there is none.
 * @param {Project} project
 * @param {StepContext} context
 * @returns {Promise<{found?: Engine, closed?: string}>} closed: why the
 *   download failed
 */
async function release(project, { signal, report }) {
  const found = await findEngine(project);
  if (found) return { found };
  const { engine, locks, platform, root } = project.layout;
  const { cli, checksums: pinned } = project.versions;
  const archive = releaseArchive({ env: project.env, platform, version: cli.version, pinned });
  if (!archive) return { closed: "no release for this platform, or HIVE_DOWNLOADS=none" };
  const lock = path.join(locks, `${path.basename(engine)}-release.lock`);
  const onWait = () => report("another run is downloading it; waiting");
  return withLock(
    lock,
    async () => {
      const now = await findEngine(project);
      if (now) return { found: now };
      fs.mkdirSync(root, { recursive: true });
      const folder = fs.mkdtempSync(path.join(root, "download-"));
      try {
        const result = await downloadArchive(archive, { folder, env: project.env, signal, report });
        if (result.problem !== undefined) return { closed: result.problem };
        fs.mkdirSync(engine, { recursive: true });
        const unpacked = path.join(folder, "pulumi");
        // The CLI last: if it is there, the rest is there too.
        for (const name of fs.readdirSync(unpacked).sort((a) => (a === cliName ? 1 : -1))) {
          fs.renameSync(path.join(unpacked, name), path.join(engine, name));
        }
        return {};
      } finally {
        fs.rmSync(folder, { recursive: true, force: true });
      }
    },
    { signal, onWait },
  );
}

/**
 * Removes a CLI that cannot report its version, so that the next run gets another one.
 * @param {Project} project
 */
async function checkCli(project) {
  const file = path.join(project.layout.engine, cliName);
  const answer = await capture(file, ["version"], {
    env: { ...project.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeoutMs: 60_000,
  });
  if (answer?.code === 0) return;
  fs.rmSync(file, { force: true });
  throw new StepError(
    `${file} does not run on this computer: ${answer?.stderr.trim() ?? "no answer in 60 s"}`,
    {
      remedy: [
        "It was removed. Run the command again; with HIVE_DOWNLOADS=none it is built from source.",
      ],
    },
  );
}

/** @param {Project} project @param {string} file @returns {string} */
export function originOf(project, file) {
  return readJson(path.join(project.layout.engine, "origin.json"))?.[file] ?? "present";
}

/** @param {Project} project @param {string} file @param {"built" | "downloaded"} origin */
function record(project, file, origin) {
  const place = path.join(project.layout.engine, "origin.json");
  writeJson(place, { ...readJson(place), [file]: origin });
}
