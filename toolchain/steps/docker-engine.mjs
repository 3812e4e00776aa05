// @ts-check
/**
 * The step that makes sure a Docker Engine answers: found, else (as root on Debian and Ubuntu)
 * installed and started.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { dockerRemedy, distributionIds } from "../mechanics/docker-remedy.mjs";
import { engineAddress, pingEngine } from "../mechanics/engine-api.mjs";
import { withLock, processStart } from "../mechanics/lock.mjs";
import { findOnPath, lastLines, runLogged } from "../mechanics/process.mjs";
import { logFile } from "../mechanics/project.mjs";
import { readJson, writeJson } from "../mechanics/stamp.mjs";
import { StepError } from "../mechanics/step-error.mjs";

/** How long a package installation may take, in milliseconds. */
const installMs = 15 * 60_000;

/** How long a Docker Engine that was started may take to answer, in milliseconds. */
const startMs = 60_000;

/**
 * How long a Docker Engine that was asked to end may take (it stops its containers first), in
 * milliseconds.
 */
const stopMs = 60_000;

/** @typedef {import("../mechanics/project.mjs").Project} Project */
/** @typedef {import("../mechanics/graph.mjs").StepContext} StepContext */

/**
 * @param {Project} project
 * @returns {import("../mechanics/graph.mjs").Step}
 */
export function dockerEngine(project) {
  return {
    name: "docker",
    title: "Docker Engine",
    needs: [],
    run: async (context) => {
      const answer = await pingEngine(project.env);
      if ("version" in answer) {
        return {
          changed: false,
          detail: `${answer.version} answers (${engineAddress(project.env)})`,
        };
      }
      const lock = path.join(project.layout.locks, "docker-engine.lock");
      const onWait = () => context.report("another run is starting it; waiting");
      return withLock(lock, () => provide(project, context), { signal: context.signal, onWait });
    },
  };
}

/**
 * @param {Project} project
 * @param {StepContext} context
 * @returns {Promise<import("../mechanics/graph.mjs").StepOutcome>}
 */
async function provide(project, context) {
  const answer = await pingEngine(project.env);
  if ("version" in answer) return { changed: false, detail: `${answer.version} answers` };
  const facts = dockerFacts(project, answer.code);
  const { problem, remedy } = dockerRemedy(facts);
  const mayAct = facts.os === "linux" && facts.root && !facts.addressGiven;
  if (!mayAct) throw new StepError(`${problem} (${answer.message})`, { remedy });
  if (!facts.installed) {
    if (!aptIsHere(facts, project.env)) throw new StepError(problem, { remedy });
    await installPackages(project, ["docker.io", "ca-certificates"], context);
  }
  return startEngine(project, context);
}

/**
 * Starts an installed Docker Engine: with systemd if it runs, else directly, detached from this
 * process.
 * @param {Project} project
 * @param {StepContext} context
 * @returns {Promise<import("../mechanics/graph.mjs").StepOutcome>}
 * @throws {StepError} when it does not answer in time
 */
export async function startEngine(project, context) {
  const log = path.join(project.layout.dockerEngine, "dockerd.log");
  // The package may have started it already.
  const early = await waitForEngine(project, context.signal, 3000);
  if (early !== undefined) return { changed: true, detail: `${early} installed and started` };
  if (systemdRuns()) {
    context.report("starting it: systemctl start docker");
    await runLogged("systemctl", ["start", "docker"], {
      what: "systemctl start docker",
      log: logFile(project, "docker"),
      signal: context.signal,
      timeoutMs: startMs,
      env: project.env,
    });
  } else {
    context.report("starting it: dockerd (no systemd runs here)");
    startByHand(project, log);
  }
  const version = await waitForEngine(project, context.signal, startMs);
  if (version === undefined) {
    throw new StepError(`The start of the Docker Engine timed out after ${startMs / 1000} s`, {
      log,
      tail: lastLines(log),
      remedy: [
        "The last lines show why. Inside a container, the Docker Engine needs many rights (docker run --privileged);",
        "or give hive another Docker Engine: DOCKER_HOST=tcp://… npm start",
      ],
    });
  }
  return {
    changed: true,
    detail: `${version} started; stop it with: node toolchain/docker-engine.mjs stop`,
  };
}

/** @param {Project} project @param {string} log */
function startByHand(project, log) {
  const dockerd = findDockerd(project.env);
  if (dockerd === undefined)
    throw new StepError("dockerd is not on the PATH, although docker is installed");
  fs.mkdirSync(path.dirname(log), { recursive: true });
  const out = fs.openSync(log, "a");
  try {
    const child = spawn(dockerd, [], {
      stdio: ["ignore", out, out],
      detached: true,
      env: project.env,
    });
    child.on("error", () => {});
    child.unref();
    if (child.pid === undefined) throw new StepError(`${dockerd} could not be started`);
    writeJson(pidFile(project), { pid: child.pid, started: processStart(child.pid), log });
  } finally {
    fs.closeSync(out);
  }
}

/**
 * The Docker Engine that hive started without systemd, if it still runs.
 * @param {Project} project
 * @returns {{pid: number, log: string} | undefined}
 */
export function ownEngine(project) {
  const noted = readJson(pidFile(project));
  if (typeof noted?.pid !== "number") return undefined;
  const started = processStart(noted.pid);
  return started !== undefined && started === noted.started ? noted : undefined;
}

/**
 * Stops the Docker Engine that hive started without systemd, and no other. Its containers stop;
 * those with a restart policy start again with the next Docker Engine.
 * @param {Project} project
 * @returns {Promise<string>} the result, for a person
 * @throws {StepError} when it does not end in time
 */
export async function stopEngine(project) {
  const own = ownEngine(project);
  if (!own) {
    fs.rmSync(pidFile(project), { force: true });
    return "No Docker Engine that hive started is running: nothing was stopped.";
  }
  process.kill(own.pid, "SIGTERM");
  const deadline = Date.now() + stopMs;
  while (ownEngine(project)) {
    if (Date.now() > deadline) {
      throw new StepError(
        `The Docker Engine (process ${own.pid}) did not stop within ${stopMs / 1000} s`,
        {
          log: own.log,
          tail: lastLines(own.log),
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  fs.rmSync(pidFile(project), { force: true });
  return `The Docker Engine that hive had started (process ${own.pid}) has ended.`;
}

/** @param {Project} project @returns {string} */
function pidFile(project) {
  return path.join(project.layout.dockerEngine, "dockerd.json");
}

/**
 * @param {Project} project
 * @param {AbortSignal} signal
 * @param {number} ms
 * @returns {Promise<string | undefined>} its version; nothing if it does not answer in time
 */
async function waitForEngine(project, signal, ms) {
  const deadline = Date.now() + ms;
  for (;;) {
    const answer = await pingEngine(project.env);
    if ("version" in answer) return answer.version;
    if (Date.now() > deadline || signal.aborted) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * Installs packages with apt, as root, with what they recommend (for the Docker Engine: its command
 * and cgroup mounts). One step at a time: apt waits for the lock of packages
 * (`DPkg::Lock::Timeout`), but not for the lock of package lists.
 * @param {Project} project
 * @param {string[]} names
 * @param {StepContext} context
 */
export async function installPackages(project, names, { signal, report }) {
  const apt = (/** @type {string[]} */ ...args) =>
    runLogged("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...args], {
      what: `apt-get ${args.join(" ")}`,
      log: logFile(project, "apt"),
      signal,
      timeoutMs: installMs,
      env: { ...project.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  const install = async () => {
    report("apt-get update");
    await apt("update");
    report(`installing on this computer, as root: apt-get install ${names.join(" ")}`);
    await apt("install", "-y", ...names);
  };
  const onWait = () => report("another step is installing packages; waiting");
  await withLock(path.join(project.layout.locks, "apt.lock"), install, { signal, onWait });
}

/**
 * @param {Pick<import("../mechanics/docker-remedy.mjs").DockerFacts, "distribution">} facts
 * @param {NodeJS.ProcessEnv} env
 * @returns {boolean} whether packages can be installed with apt
 */
export function aptIsHere(facts, env) {
  const debian = facts.distribution.some((id) => id === "debian" || id === "ubuntu");
  return debian && findOnPath("apt-get", env) !== undefined;
}

/**
 * The facts about this computer that matter when the Docker Engine is missing.
 * @param {Project} project
 * @param {string} code why the Docker Engine did not answer: the system's error code
 * @returns {import("../mechanics/docker-remedy.mjs").DockerFacts}
 */
export function dockerFacts(project, code) {
  const read = (/** @type {string} */ file) => {
    try {
      return fs.readFileSync(file, "utf8");
    } catch {
      return "";
    }
  };
  const desktop = process.platform === "darwin" && fs.existsSync("/Applications/Docker.app");
  return {
    os: process.platform,
    distribution: distributionIds(read("/etc/os-release")),
    wsl: /microsoft/i.test(read("/proc/version")),
    root: process.getuid?.() === 0,
    systemd: systemdRuns(),
    installed: desktop || findDockerd(project.env) !== undefined,
    socket:
      code === "EACCES" || code === "EPERM" ? "denied" : code === "ENOENT" ? "absent" : "silent",
    address: engineAddress(project.env),
    addressGiven: Boolean(project.env.DOCKER_HOST),
    user: os.userInfo().username,
  };
}

/**
 * @param {NodeJS.ProcessEnv} env @returns {string | undefined} the daemon's program: often not on a
 *   user's PATH
 */
function findDockerd(env) {
  return (
    findOnPath("dockerd", env) ??
    (env.PATH ? findOnPath("dockerd", { PATH: "/usr/sbin:/sbin" }) : undefined)
  );
}

/** @returns {boolean} whether systemd runs as process 1 (sd_booted(3)) */
function systemdRuns() {
  return fs.existsSync("/run/systemd/system");
}
