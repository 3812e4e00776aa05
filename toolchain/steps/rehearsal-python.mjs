// @ts-check
/**
 * The step that gets the Python environment of a rehearsal: the emulated cloud and its runner, with
 * exactly the packages of rehearsal/cloud/requirements.txt, each with its checksum.
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { withLock } from "../mechanics/lock.mjs";
import { capture, findOnPath, runLogged } from "../mechanics/process.mjs";
import { logFile } from "../mechanics/project.mjs";
import { stampMatches, writeStamp } from "../mechanics/stamp.mjs";
import { StepError } from "../mechanics/step-error.mjs";
import { atLeast } from "../mechanics/versions.mjs";

/** @typedef {import("../mechanics/project.mjs").Project} Project */
/** @typedef {import("../mechanics/graph.mjs").StepContext} StepContext */

/** How long the installation may take, in milliseconds: about 15 s with a near mirror. */
const installMs = 10 * 60_000;

/** The oldest Python for which the pinned packages are made. */
const minimum = "3.11.0";

/**
 * Where the environment lies: in another folder for other packages.
 * @param {Project} project
 * @returns {{folder: string, python: string, stamp: string, key: string, requirements: string}}
 */
function places({ toolchain, layout }) {
  const requirements = path.join(toolchain, "../rehearsal/cloud/requirements.txt");
  const key = createHash("sha256").update(fs.readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = path.join(layout.root, layout.platform, `rehearsal-python-${key}`);
  const python = path.join(folder, "bin/python");
  return { folder, python, stamp: path.join(folder, "stamp.json"), key, requirements };
}

/**
 * The Python of the environment.
 * @param {Project} project
 * @returns {string | undefined} nothing when it is not there
 */
export function rehearsalPython(project) {
  const { python, stamp, key } = places(project);
  // It links to the computer's Python, which may be gone.
  return stampMatches(stamp, key) && fs.existsSync(python) ? python : undefined;
}

/** @param {Project} project @returns {import("../mechanics/graph.mjs").Step} */
export function rehearsalPythonStep(project) {
  const present = () =>
    rehearsalPython(project) === undefined ? undefined : { changed: false, detail: "present" };
  return {
    name: "rehearsal-python",
    title: "Emulated cloud",
    needs: [],
    run: async (context) => {
      const known = present();
      if (known) return known;
      const { folder } = places(project);
      const lock = path.join(project.layout.locks, `${path.basename(folder)}.lock`);
      const onWait = () => context.report("another run is getting it; waiting");
      const work = async () => present() ?? (await install(project, context));
      return withLock(lock, work, { signal: context.signal, onWait });
    },
  };
}

/** @param {Project} project @param {StepContext} context */
async function install(project, { signal, report }) {
  const { folder, python, stamp, key, requirements } = places(project);
  const base = await usablePython(project);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const options = { log: logFile(project, "rehearsal-python"), signal, timeoutMs: installMs };
  const run = (
    /** @type {string} */ what,
    /** @type {string} */ command,
    /** @type {string[]} */ args,
  ) => runLogged(command, args, { what, env: project.env, ...options });
  report("installing moto, the emulator of AWS");
  try {
    await run("The creation of a Python environment", base, ["-m", "venv", folder]);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const remedy = [
      "On Debian and Ubuntu, it is a package of its own: apt-get install python3-venv",
    ];
    throw new StepError(error.message, { ...error, remedy });
  }
  await run("The installation of the emulated cloud", python, [
    ...["-m", "pip", "install", "--no-input", "--disable-pip-version-check"],
    ...["--require-hashes", "--only-binary", ":all:", "--requirement", requirements],
  ]);
  writeStamp(stamp, key);
  return { changed: true, detail: `installed for ${base}` };
}

/** @param {Project} project @returns {Promise<string>} */
async function usablePython({ env }) {
  const found = findOnPath("python3", env);
  const version = found && (await capture(found, ["--version"], { env }))?.stdout;
  if (found !== undefined && version && atLeast(version, minimum)) return found;
  const problem =
    found === undefined ? "Python is not installed" : `${found} is ${version?.trim()}`;
  throw new StepError(
    `${problem}; the emulated cloud of a rehearsal needs Python ${minimum} or newer`,
    {
      remedy: [
        "Install it (on Debian 12 and newer: apt-get install python3 python3-venv), then run the command again.",
      ],
    },
  );
}
