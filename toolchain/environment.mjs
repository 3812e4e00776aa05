// @ts-check
/**
 * The environment that Pulumi runs in: which CLI, which plugins, which state, which passphrase.
 * State and passphrase of the user's environment win.
 *
 *   node toolchain/environment.mjs --json the variables that hive sets, as JSON eval "$(node
 *   toolchain/environment.mjs)" the same for a shell: plain `pulumi` then works in it
 */
import "./mechanics/node-version.mjs";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { defaultAddress, engineAddress } from "./mechanics/engine-api.mjs";
import { isMain } from "./mechanics/is-main.mjs";
import { openProject } from "./mechanics/project.mjs";
import { explain, StepError } from "./mechanics/step-error.mjs";
import { findEngine } from "./steps/engine.mjs";
import { pluginsAreMadeHere } from "./steps/plugins.mjs";
import { rehearsalPython } from "./steps/rehearsal-python.mjs";

/** @typedef {import("./mechanics/project.mjs").Project} Project */

/**
 * The facts that decide the environment.
 * @typedef {object} EnvironmentFacts
 * @property {string} root the clone
 * @property {string} home `.hive` of the clone, or HIVE_HOME
 * @property {string | undefined} engineFolder holds the CLI; nothing when the one on the PATH is
 *   used
 * @property {string} pulumiHome Pulumi's own home in the cache
 * @property {boolean} offline plugins had to be built here, so Pulumi must not try to download any
 * @property {string} credentials the folder with the user's own Pulumi log-ins; empty when there
 *   are none
 * @property {string | undefined} dockerHost where the Docker Engine is, when it is not at the usual
 *   place
 * @property {string} [rehearsalPython] the Python of the emulated cloud, where it is installed
 */

/**
 * The variables that hive adds to an environment. A pure function.
 * @param {NodeJS.ProcessEnv} env the user's
 * @param {EnvironmentFacts} facts
 * @returns {Record<string, string>}
 */
export function environmentVariables(env, facts) {
  const given = (/** @type {string} */ name) => isGiven(env, name, facts.root);
  /** @type {Record<string, string>} */
  const set = {
    HIVE_ROOT: facts.root,
    PULUMI_HOME: facts.pulumiHome,
    PULUMI_LANGUAGE_NODEJS_RUN_PATH: path.join(facts.root, "toolchain/node/run.cjs"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  if (facts.engineFolder !== undefined) {
    const others = (env.PATH ?? "")
      .split(path.delimiter)
      .filter((folder) => folder !== facts.engineFolder);
    set.PATH = [facts.engineFolder, ...others].join(path.delimiter);
  }
  if (facts.offline) {
    set.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION = "true";
    set.PULUMI_IGNORE_AMBIENT_PLUGINS = "true";
    set.PULUMI_DISABLE_REGISTRY_RESOLVE = "true";
  }
  if (!given("PULUMI_BACKEND_URL")) {
    set.PULUMI_BACKEND_URL = defaults(facts.home).PULUMI_BACKEND_URL;
  } else if (!env.PULUMI_CREDENTIALS_PATH && facts.credentials !== "") {
    // Pulumi's own home knows no log-ins; a backend of the user's needs theirs.
    set.PULUMI_CREDENTIALS_PATH = facts.credentials;
  }
  if (!given("PULUMI_CONFIG_PASSPHRASE") && !given("PULUMI_CONFIG_PASSPHRASE_FILE")) {
    set.PULUMI_CONFIG_PASSPHRASE_FILE = defaults(facts.home).PULUMI_CONFIG_PASSPHRASE_FILE;
  }
  if (facts.rehearsalPython !== undefined) set.HIVE_REHEARSAL_PYTHON = facts.rehearsalPython;
  if (!env.DOCKER_HOST && facts.dockerHost !== undefined) set.DOCKER_HOST = facts.dockerHost;
  return set;
}

/** @param {string} home */
function defaults(home) {
  return {
    PULUMI_BACKEND_URL: `file://${path.join(home, "state")}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: path.join(home, "passphrase"),
  };
}

/**
 * Whether the user has set a variable, and not the environment of another clone from which this
 * process was started.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} name
 * @param {string} root
 * @returns {boolean}
 */
function isGiven(env, name, root) {
  const value = env[name];
  // An empty passphrase is valid; an empty address counts as unset.
  if (value === undefined || (value === "" && name !== "PULUMI_CONFIG_PASSPHRASE")) return false;
  if (env.HIVE_ROOT === undefined || env.HIVE_ROOT === root) return true;
  const other = defaults(path.join(env.HIVE_ROOT, ".hive"));
  return value !== other[/** @type {keyof typeof other} */ (name)];
}

/**
 * The whole environment for Pulumi. Creates the folder of the state and the passphrase at the first
 * use.
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env] default: this process's
 * @param {string} [options.root] the clone; default: the one this file belongs to
 * @returns {Promise<NodeJS.ProcessEnv>}
 * @throws {StepError} when the passphrase of an existing state is lost, or that of a state
 *   elsewhere is not named
 */
export async function projectEnvironment({ env = process.env, root } = {}) {
  return { ...env, ...(await projectVariables({ env, ...(root === undefined ? {} : { root }) })) };
}

/**
 * As projectEnvironment, but only the variables that hive adds.
 * @param {object} [options]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} [options.root]
 * @returns {Promise<Record<string, string>>}
 */
export async function projectVariables({ env = process.env, root } = {}) {
  const project = openProject({ env, ...(root === undefined ? {} : { root }) });
  const set = environmentVariables(env, await environmentFacts(project));
  prepareHome(project, set);
  return set;
}

/** @param {Project} project @returns {Promise<EnvironmentFacts>} */
async function environmentFacts(project) {
  const { env } = project;
  const engine = await findEngine(project);
  const address = engineAddress(env);
  const python = rehearsalPython(project);
  const own = env.PULUMI_HOME ? path.resolve(env.PULUMI_HOME) : path.join(os.homedir(), ".pulumi");
  return {
    root: project.root,
    home: project.home,
    engineFolder: engine?.from === "path" ? undefined : project.layout.engine,
    pulumiHome: project.layout.home,
    offline: pluginsAreMadeHere(project),
    credentials: fs.existsSync(path.join(own, "credentials.json")) ? own : "",
    dockerHost: address === defaultAddress ? undefined : address,
    ...(python === undefined ? {} : { rehearsalPython: python }),
  };
}

/**
 * Creates `.hive` (for its owner alone), the state's folder and a random passphrase, as far as they
 * are used.
 * @param {Project} project
 * @param {Record<string, string>} set
 */
function prepareHome(project, set) {
  const { home } = project;
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  const wanted = defaults(home);
  const state = path.join(home, "state");
  if (set.PULUMI_BACKEND_URL === wanted.PULUMI_BACKEND_URL) {
    fs.mkdirSync(state, { recursive: true, mode: 0o700 });
  }
  const file = wanted.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (set.PULUMI_CONFIG_PASSPHRASE_FILE !== file || fs.existsSync(file)) return;
  const backend = set.PULUMI_BACKEND_URL ?? project.env.PULUMI_BACKEND_URL ?? "";
  // A service such as Pulumi Cloud keeps the keys itself.
  if (backend !== wanted.PULUMI_BACKEND_URL && !/^https?:/.test(backend)) {
    throw new StepError(
      `The state is at ${backend}, but nothing says how its secrets are encrypted`,
      {
        remedy: [
          "Name the passphrase that all who share this state use: PULUMI_CONFIG_PASSPHRASE_FILE=/its/place",
          "A passphrase made in this clone would be known to nobody else, and lost with it.",
          "For stacks that a key of a cloud encrypts, set PULUMI_CONFIG_PASSPHRASE to nothing.",
        ],
      },
    );
  }
  const stacks = path.join(state, ".pulumi/stacks");
  if (
    fs.existsSync(stacks) &&
    fs.readdirSync(stacks, { recursive: true }).some((name) => /\.json(\.gz)?$/.test(String(name)))
  ) {
    throw new StepError(
      `${file} is missing, but ${state} holds stacks that were encrypted with it`,
      {
        remedy: [
          "Put the file back, or name the passphrase: PULUMI_CONFIG_PASSPHRASE_FILE=/its/new/place",
          `If it is lost, the secrets in that state are lost too: remove ${home} to start over.`,
        ],
      },
    );
  }
  const draft = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(draft, randomBytes(32).toString("base64url") + "\n", {
    mode: 0o600,
    flag: "wx",
  });
  try {
    // If two first runs start at once, the first one to link decides for both.
    fs.linkSync(draft, file);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

const usage = `usage: node toolchain/environment.mjs [--json]

Prints the variables that hive sets for Pulumi: as export lines for a shell, or as JSON.
  eval "$(node toolchain/environment.mjs)"
They hold no secret. HIVE_HOME moves state and passphrase away from .hive; PULUMI_BACKEND_URL,
PULUMI_CONFIG_PASSPHRASE and PULUMI_CONFIG_PASSPHRASE_FILE of your own win.
`;

/** @param {string[]} args @returns {Promise<number>} exit code */
async function main(args) {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(usage);
    return 0;
  }
  const unknown = args.find((arg) => arg !== "--json");
  if (unknown !== undefined) {
    process.stderr.write(`environment.mjs: unknown argument ${unknown}\n\n${usage}`);
    return 2;
  }
  try {
    const set = await projectVariables();
    if (args.includes("--json")) process.stdout.write(JSON.stringify(set, null, 2) + "\n");
    else
      for (const [name, value] of Object.entries(set))
        process.stdout.write(`export ${name}=${quoted(value)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(explain(error).join("\n") + "\n");
    return 1;
  }
}

/** @param {string} text @returns {string} one word for a POSIX shell */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

if (isMain(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
