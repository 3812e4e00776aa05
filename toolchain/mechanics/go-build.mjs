// @ts-check
/** Builds programs from the Go modules in toolchain/modules. */
import fs from "node:fs";
import path from "node:path";
import { capture, findOnPath, isExecutable, runLogged } from "./process.mjs";
import { logFile } from "./project.mjs";
import { StepError } from "./step-error.mjs";
import { atLeast } from "./versions.mjs";

/** Free disk that a first build needs, in bytes: sources, compiled packages and the result. */
const neededBytes = 4 * 1024 ** 3;

/**
 * How long one build may take, in milliseconds: about 4 min on two cores, much more on a small
 * computer.
 */
const buildMs = 45 * 60_000;

/**
 * The Go compiler of this computer: `$HIVE_GO` (a path, or `none` to do without), else on the PATH,
 * else at its usual place.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{path: string, version: string} | undefined>}
 */
export async function findGo(env) {
  if (env.HIVE_GO === "none") return undefined;
  const usual = "/usr/local/go/bin/go";
  const found = env.HIVE_GO || (findOnPath("go", env) ?? (isExecutable(usual) ? usual : undefined));
  if (found === undefined) return undefined;
  const answer = await capture(found, ["env", "GOVERSION"], { env });
  return answer?.code === 0
    ? { path: found, version: answer.stdout.trim().replace(/^go/, "") }
    : undefined;
}

/**
 * Builds one program into its place, whole or not at all.
 * @param {import("./project.mjs").Project} project
 * @param {object} build
 * @param {string} build.title as in an error: `Pulumi CLI`
 * @param {string} build.module folder of the Go module, relative to the toolchain folder
 * @param {string} [build.overlay] a file that names the sources to compile in the place of others
 * @param {string} build.package what to build
 * @param {string} build.tags comma-separated build tags
 * @param {string} build.variable the linker variable that takes the version
 * @param {string} build.version as a person reads it
 * @param {string} [build.value] what that variable gets; default: the version
 * @param {string} build.output the file to make
 * @param {string} build.because why it is built and not downloaded, for the error when the build is
 *   impossible
 * @param {string[]} [build.otherwise] other ways to get it, for the same error; default: those of
 *   Pulumi's programs
 * @param {import("./graph.mjs").StepContext} context
 * @returns {Promise<void>}
 */
export async function goBuild(project, build, { signal, report }) {
  const go = await usableGo(project, build);
  const log = logFile(project, path.basename(build.output));
  await checkSpace(project, go.path);
  fs.mkdirSync(path.dirname(build.output), { recursive: true });
  const draft = `${build.output}.${process.pid}.building`;
  const args = ["build", "-mod=readonly", "-trimpath", "-buildvcs=false"];
  if (build.tags !== "") args.push(`-tags=${build.tags}`);
  if (build.overlay !== undefined) args.push("-overlay", build.overlay);
  args.push(
    "-ldflags",
    `-s -w -X ${build.variable}=${build.value ?? build.version}`,
    "-o",
    draft,
    build.package,
  );
  const run = () => {
    report(`building ${build.version} from its Go module (minutes, the first time)`);
    return runLogged(go.path, args, {
      what: `The build of ${build.title} ${build.version}`,
      log,
      signal,
      timeoutMs: buildMs,
      cwd: path.resolve(project.toolchain, build.module),
      env: { ...project.env, CGO_ENABLED: "0", GOWORK: "off" },
    });
  };
  try {
    const onWait = () => report("waiting for another build to end");
    await project.heavy(() => runTwice(run, report), signal, onWait);
    fs.chmodSync(draft, 0o755);
    fs.renameSync(draft, build.output);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/**
 * Tries a failed package server again: fetched packages are kept.
 * @param {() => Promise<void>} run
 * @param {(text: string) => void} report
 */
async function runTwice(run, report) {
  try {
    await run();
  } catch (error) {
    const tail = error instanceof StepError ? error.tail.join("\n") : "";
    if (!/i\/o timeout|connection reset|TLS handshake timeout|unexpected EOF|50[234] /.test(tail))
      throw error;
    report("a package server failed; trying again");
    await run();
  }
}

/**
 * The Go compiler of this computer.
 * @param {import("./project.mjs").Project} project
 * @param {{title: string, version: string, because: string, otherwise?: string[] | undefined}}
 *   build as goBuild
 * @returns {Promise<{path: string, version: string}>}
 * @throws {StepError} when there is none, or it is too old
 */
export async function usableGo(project, build) {
  const minimum = project.versions.go.minimum;
  const problem = `Neither a download nor a build of ${build.title} ${build.version} is possible: ${build.because}`;
  const go = await findGo(project.env);
  const remedy = [
    `Either install Go ${minimum} or newer (https://go.dev/dl/), so that it can be built,`,
    ...(build.otherwise ?? [
      "or let this computer reach https://get.pulumi.com or https://github.com, so that it can be downloaded,",
      "or install the Pulumi CLI another way (https://www.pulumi.com/docs/install/) and put it on the PATH;",
    ]),
    "then run the command again.",
  ];
  if (!go) {
    const why = `${problem}, and Go is not installed to build it`;
    throw new StepError(why, { remedy });
  }
  const local = await capture(go.path, ["env", "GOTOOLCHAIN"], { env: project.env });
  // With GOTOOLCHAIN=auto, an older Go fetches the version in go.mod.
  if (!atLeast(go.version, minimum) && local?.stdout.trim().startsWith("local") !== false) {
    const why = `${problem}, and Go ${go.version} (${go.path}) is too old to build it`;
    throw new StepError(why, { remedy });
  }
  return go;
}

/**
 * @param {import("./project.mjs").Project} project
 * @param {string} go
 */
async function checkSpace(project, go) {
  const answer = await capture(go, ["env", "GOCACHE", "GOMODCACHE"], { env: project.env });
  const [goCache, modules] = (answer?.stdout ?? "").split("\n").map((line) => line.trim());
  for (const folder of [project.layout.root, goCache, modules]) {
    if (!folder) continue;
    const free = freeBytes(folder);
    // A cache that is already filled needs little more.
    const needed = fs.existsSync(path.join(modules ?? "", "github.com/pulumi"))
      ? neededBytes / 4
      : neededBytes;
    if (free !== undefined && free < needed) {
      throw new StepError(
        `${folder} has ${sizeText(free)} free; a build needs ${sizeText(needed)}`,
        {
          remedy: [
            "Free some space, or put the caches on another disk:",
            "  HIVE_CACHE=/other/disk/hive GOCACHE=/other/disk/go-build GOMODCACHE=/other/disk/go-mod npm start",
          ],
        },
      );
    }
  }
}

/** @param {string} folder @returns {number | undefined} free bytes of its disk for this user */
export function freeBytes(folder) {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    try {
      const { bavail, bsize } = fs.statfsSync(at);
      return bavail * bsize;
    } catch {
      if (at === path.dirname(at)) return undefined;
    }
  }
}

/** @param {number} bytes @returns {string} */
export function sizeText(bytes) {
  const gibibytes = bytes / 1024 ** 3;
  return gibibytes < 1 ? `${Math.round(bytes / 1024 ** 2)} MiB` : `${gibibytes.toFixed(1)} GiB`;
}
