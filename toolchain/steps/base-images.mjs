// @ts-check
/**
 * The step that puts the base images on the Docker Engine, so that a Dockerfile's FROM finds them:
 * pulled from the registry, else built by debootstrap from the packages of the distribution itself.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { URLSearchParams } from "node:url";
import { aptSources, sourcesListText, suiteMirror } from "../mechanics/apt-sources.mjs";
import { askEngine, imageIsPresent } from "../mechanics/engine-api.mjs";
import { withLock } from "../mechanics/lock.mjs";
import { capture, ended, findOnPath, runLogged } from "../mechanics/process.mjs";
import { logFile } from "../mechanics/project.mjs";
import { StepError } from "../mechanics/step-error.mjs";
import { aptIsHere, dockerFacts, installPackages } from "./docker-engine.mjs";

/** How long the Docker Engine may be silent during a pull, in milliseconds. */
const pullSilentMs = 20_000;

/** How long a whole pull may take, in milliseconds. */
const pullMs = 10 * 60_000;

/** How long debootstrap may take, in milliseconds: about 30 s with a near mirror. */
const bootstrapMs = 20 * 60_000;

/** The label of an image that says where it came from. */
const label = "hive.base-image";

/** @typedef {import("../mechanics/project.mjs").Project} Project */
/** @typedef {import("../mechanics/graph.mjs").StepContext} StepContext */
/** @typedef {{tag: string, suite: string, variant: string}} BaseImage */

/**
 * @param {Project} project
 * @param {BaseImage[]} images
 * @returns {import("../mechanics/graph.mjs").Step[]} one for each base image
 */
export function baseImageSteps(project, images = project.versions.baseImages) {
  return images.map((image) => ({
    name: `image-${image.tag}`,
    title: `Base image ${image.tag}`,
    needs: ["docker"],
    run: async (context) => {
      if (await imageIsPresent(project.env, image.tag))
        return { changed: false, detail: "present" };
      return alone(project, image, context, () => provide(project, image, context));
    },
  }));
}

/**
 * Runs an action while no other process of this computer gets the image.
 * @template T
 * @param {Project} project
 * @param {BaseImage} image
 * @param {StepContext} context
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export function alone(project, image, context, action) {
  const lock = path.join(project.layout.locks, `image-${image.tag.replace(/\W+/g, "-")}.lock`);
  const onWait = () => context.report("another run is getting it; waiting");
  return withLock(lock, action, { signal: context.signal, onWait });
}

/**
 * @param {Project} project
 * @param {BaseImage} image
 * @param {StepContext} context
 * @returns {Promise<import("../mechanics/graph.mjs").StepOutcome>}
 */
async function provide(project, image, context) {
  if (await imageIsPresent(project.env, image.tag)) return { changed: false, detail: "present" };
  return provideAnew(project, image, context);
}

/**
 * Gets the image as it is today, whether or not the Docker Engine has one of this tag.
 * @param {Project} project
 * @param {BaseImage} image
 * @param {StepContext} context
 * @returns {Promise<import("../mechanics/graph.mjs").StepOutcome>}
 */
export async function provideAnew(project, image, context) {
  context.report("pulling it");
  const problem = await pull(project, image.tag, context.signal);
  if (problem === undefined) return { changed: true, detail: "pulled" };
  context.signal.throwIfAborted();
  await bootstrap(project, image, problem, context);
  return {
    changed: true,
    detail: `built with debootstrap, because it could not be pulled (${problem})`,
  };
}

/**
 * @param {Project} project
 * @param {string} tag
 * @param {AbortSignal} signal
 * @returns {Promise<string | undefined>} why it could not be pulled; nothing when it was
 */
async function pull(project, tag, signal) {
  if (project.env.HIVE_DOWNLOADS === "none") return "HIVE_DOWNLOADS=none";
  const [name = "", version = "latest"] = tag.split(":");
  /** @type {string | undefined} */
  let problem;
  const own = new AbortController();
  const stop = () => own.abort(new Error("cancelled"));
  const late = setTimeout(
    () => own.abort(new Error(`the pull timed out after ${pullMs / 60_000} min`)),
    pullMs,
  );
  signal.addEventListener("abort", stop);
  try {
    const answer = await askEngine({
      env: project.env,
      method: "POST",
      path: `/images/create?fromImage=${encodeURIComponent(name)}&tag=${encodeURIComponent(version)}`,
      silentMs: pullSilentMs,
      signal: own.signal,
      onLine: (line) => (problem ??= errorIn(line)),
    });
    if (answer.status !== 200) problem ??= errorIn(answer.text) ?? `HTTP ${answer.status}`;
  } catch (error) {
    const why = own.signal.aborted ? own.signal.reason : error;
    problem ??= why instanceof Error ? why.message : String(why);
  } finally {
    clearTimeout(late);
    signal.removeEventListener("abort", stop);
  }
  return problem;
}

/** @param {string} line @returns {string | undefined} */
function errorIn(line) {
  try {
    const { error, message } = JSON.parse(line);
    return error ?? message;
  } catch {
    return undefined;
  }
}

/**
 * Builds the image with debootstrap and imports it.
 * @param {Project} project
 * @param {BaseImage} image
 * @param {string} pullProblem
 * @param {StepContext} context
 */
async function bootstrap(project, image, pullProblem, context) {
  const debootstrap = await findDebootstrap(project, image, pullProblem, context);
  const log = logFile(project, "debootstrap");
  fs.mkdirSync(project.layout.root, { recursive: true });
  const folder = fs.mkdtempSync(path.join(project.layout.root, "base-image-"));
  try {
    const tree = path.join(folder, "tree");
    const sources = aptSources("/etc/apt");
    const mirror = suiteMirror(sources, image.suite);
    context.report("building it with debootstrap");
    await runLogged(debootstrap, debootstrapArguments(image, tree, mirror), {
      what: `debootstrap ${image.suite}`,
      log,
      signal: context.signal,
      timeoutMs: bootstrapMs,
      env: { ...project.env, PATH: `${project.env.PATH}:/usr/sbin:/sbin` },
    });
    makeSlim(tree, image.suite, sources);
    context.report("importing it into the Docker Engine");
    await importTree(project, image.tag, tree, log, context.signal);
  } finally {
    await removeTree(folder);
  }
}

/** The keys of Debian's archive, from its package debian-archive-keyring. */
const archiveKeys = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Arguments of debootstrap. Left to itself it takes packages without a valid signature when it
 * finds no keys (debootstrap(8), `--force-check-gpg`).
 * @param {Pick<BaseImage, "variant" | "suite">} image
 * @param {string} tree where it builds
 * @param {string | undefined} mirror
 * @returns {string[]}
 */
export function debootstrapArguments(image, tree, mirror) {
  return [
    "--force-check-gpg",
    `--keyring=${archiveKeys}`,
    `--variant=${image.variant}`,
    image.suite,
    tree,
    ...(mirror === undefined ? [] : [mirror]),
  ];
}

/**
 * @param {Project} project
 * @param {BaseImage} image
 * @param {string} pullProblem
 * @param {StepContext} context
 * @returns {Promise<string>}
 */
async function findDebootstrap(project, image, pullProblem, context) {
  const facts = dockerFacts(project, "");
  const remedy = [
    "Let the Docker Engine reach the registry, and pull it:",
    `  docker pull ${image.tag}`,
    ...(facts.os === "linux" && !facts.root
      ? ["or run this command as root: then debootstrap builds it here."]
      : []),
    "Then run the command again.",
  ];
  const problem = `The image ${image.tag} could not be pulled: ${pullProblem}`;
  if (facts.os !== "linux" || !facts.root) throw new StepError(problem, { remedy });
  const look = () => findOnPath("debootstrap", { PATH: `${project.env.PATH}:/usr/sbin:/sbin` });
  const hasKeys = () => fs.existsSync(archiveKeys) && findOnPath("gpgv", project.env) !== undefined;
  if ((look() === undefined || !hasKeys()) && aptIsHere(facts, project.env)) {
    const packages = ["debootstrap", "debian-archive-keyring", "gpgv"];
    await installPackages(project, packages, context);
  }
  const found = look();
  if (found === undefined) {
    throw new StepError(`${problem}, and debootstrap is not installed to build it`, { remedy });
  }
  if (!hasKeys()) {
    throw new StepError(
      `${problem}, and debootstrap cannot check Debian's signatures: gpgv or ${archiveKeys} is missing`,
      { remedy },
    );
  }
  return found;
}

/**
 * Brings a fresh tree to the state of the official slim image: no daemon starts while packages are
 * installed, no manuals, no package lists; sources with updates where this computer has them.
 * @param {string} tree
 * @param {string} suite
 * @param {import("../mechanics/apt-sources.mjs").AptSource[]} sources of this computer
 */
export function makeSlim(tree, suite, sources) {
  const write = (/** @type {string} */ file, /** @type {string} */ text, mode = 0o644) => {
    const place = path.join(tree, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, text, { mode });
    fs.chmodSync(place, mode);
  };
  const list = path.join(tree, "etc/apt/sources.list");
  const own = fs.existsSync(list) ? fs.readFileSync(list, "utf8") : "";
  write("etc/apt/sources.list", sourcesListText(own, suite, sources));
  write(
    "usr/sbin/policy-rc.d",
    "#!/bin/sh\n# No daemon starts while an image is built.\nexit 101\n",
    0o755,
  );
  write(
    "etc/dpkg/dpkg.cfg.d/docker",
    [
      "force-unsafe-io",
      "path-exclude=/usr/share/doc/*",
      "path-include=/usr/share/doc/*/copyright",
      "path-exclude=/usr/share/info/*",
      "path-exclude=/usr/share/locale/*",
      "path-exclude=/usr/share/man/*",
      "",
    ].join("\n"),
  );
  write(
    "etc/apt/apt.conf.d/docker-clean",
    [
      'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };',
      // apt's parsed lists: 70 MB in each layer that ran apt-get update.
      'Dir::Cache::pkgcache "";',
      'Dir::Cache::srcpkgcache "";',
      'Acquire::Languages "none";',
      'Acquire::GzipIndexes "true";',
      "",
    ].join("\n"),
  );
  for (const folder of [
    "var/cache/apt",
    "var/lib/apt/lists",
    "usr/share/man",
    "usr/share/info",
    "usr/share/locale",
    "dev",
    "proc",
    "sys",
    "tmp",
  ]) {
    empty(path.join(tree, folder));
  }
  emptyButCopyright(path.join(tree, "usr/share/doc"));
  fs.rmSync(path.join(tree, "debootstrap"), { recursive: true, force: true });
  fs.rmSync(path.join(tree, "var/log/bootstrap.log"), { force: true });
  fs.rmSync(path.join(tree, "etc/hostname"), { force: true });
  fs.rmSync(path.join(tree, "etc/resolv.conf"), { force: true });
}

/** @param {string} folder */
function empty(folder) {
  if (!fs.existsSync(folder)) return;
  for (const name of fs.readdirSync(folder))
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
}

/**
 * Licences ask for the copyright files to stay.
 * @param {string} folder
 */
function emptyButCopyright(folder) {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) emptyButCopyright(place);
    else if (entry.name !== "copyright") fs.rmSync(place, { force: true });
  }
}

/**
 * @param {Project} project
 * @param {string} tag
 * @param {string} tree
 * @param {string} log
 * @param {AbortSignal} signal
 */
async function importTree(project, tag, tree, log, signal) {
  const [name = "", version = "latest"] = tag.split(":");
  const out = fs.openSync(log, "a");
  try {
    const tar = spawn("tar", ["--numeric-owner", "--sort=name", "-C", tree, "-c", "."], {
      stdio: ["ignore", "pipe", out],
      detached: true,
    });
    if (!tar.stdout) throw new Error("tar has no output");
    const packed = ended(tar, { what: "tar", log, signal, timeoutMs: bootstrapMs });
    const query = new URLSearchParams({ fromSrc: "-", repo: name, tag: version });
    query.append("message", "made by hive's toolchain with debootstrap");
    query.append("changes", 'CMD ["bash"]');
    query.append("changes", `LABEL ${label}=debootstrap`);
    const [answer] = await Promise.all([
      askEngine({
        env: project.env,
        method: "POST",
        path: `/images/create?${query}`,
        body: tar.stdout,
        silentMs: 300_000,
        signal,
      }),
      packed,
    ]);
    const problem = answer.text
      .split(/\r?\n/)
      .map(errorIn)
      .find((text) => text !== undefined);
    if (answer.status !== 200 || problem !== undefined) {
      throw new StepError(
        `The Docker Engine rejected the image ${tag}: ${problem ?? `HTTP ${answer.status}`}`,
        { log },
      );
    }
  } finally {
    fs.closeSync(out);
  }
}

/**
 * Removes a tree in which debootstrap may have been interrupted. Unmounts everything there first,
 * and removes nothing while anything is still mounted.
 * @param {string} folder
 */
async function removeTree(folder) {
  const mounted = () =>
    fs
      .readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[1] ?? "")
      .filter((place) => place.startsWith(folder + path.sep))
      .sort()
      .reverse();
  for (const place of mounted()) await capture("umount", ["-l", place]);
  const left = mounted();
  if (left.length > 0)
    throw new StepError(`${left.join(", ")} is still mounted: unmount it and remove ${folder}`);
  fs.rmSync(folder, { recursive: true, force: true });
}
