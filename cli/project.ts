import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { basename, join, resolve } from "node:path";
import { exitCodes } from "./exit-codes";
import { Failure } from "./failure";

/** The project's root: the folder with `Pulumi.yaml`. Commands work from any folder below it. */
export const projectFolder = resolve(__dirname, "..");

/**
 * The folder for all local files of this clone: `.hive`, or `HIVE_HOME` of the environment.
 */
export function hiveHome(project: string = projectFolder): string {
  const given = process.env["HIVE_HOME"];
  return given === undefined || given === "" ? join(project, ".hive") : resolve(given);
}

/**
 * The path of a stage's configuration: `Pulumi.<stage>.yaml`, or `HIVE_STAGE_FILE` of the
 * environment, which a rehearsal sets.
 *
 * @throws Failure for another stage than the one that is rehearsed: a rehearsal has no other, and
 *   must not reach the real one
 */
export function stageFilePath(stage: string, project: string = projectFolder): string {
  const name = `Pulumi.${stage}.yaml`;
  const given = process.env["HIVE_STAGE_FILE"] ?? "";
  if (given === "") return join(project, name);
  if (basename(given) === name) return resolve(given);
  throw new Failure(
    `HIVE_STAGE_FILE is ${given}, which is not of the stage ${stage}: a rehearsal has its own stage only. ` +
      `For the real one, run the command without \`rehearse\`.`,
    exitCodes.input,
  );
}

/**
 * Where the `hive` command keeps the files of one stage; ignored by git. All paths are absolute.
 */
export interface StageFolder {
  /** `.hive/<stage>`; `HIVE_HOME` in the environment stands for another `.hive`. */
  readonly path: string;
  /**
   * Takes the place of the project's folder where Pulumi would write into `Pulumi.<stage>.yaml`.
   */
  readonly workFolder: string;
  /** The configuration that Pulumi gets: the stage's own plus what must not be committed. */
  readonly configFile: string;
  /** One log per run of Pulumi. */
  readonly logs: string;
  /** Configuration of the SSH client, pinned host keys, the operator's key. */
  readonly ssh: string;
  /**
   * Sockets of shared SSH connections. Outside of the project: a socket's path may have only some
   * hundred bytes.
   */
  readonly sockets: string;
}

/** The folders of a stage; creates none. */
export function stageFolder(stage: string, project: string = projectFolder): StageFolder {
  const path = join(hiveHome(project), stage);
  const digest = createHash("sha256").update(path).digest("hex");
  return {
    path,
    workFolder: join(path, "engine"),
    configFile: join(path, "engine", `Pulumi.${stage}.yaml`),
    logs: join(path, "logs"),
    ssh: join(path, "ssh"),
    sockets: join(runtimeFolder(), `hive-ssh-${userInfo().uid}-${digest.slice(0, 8)}`),
  };
}

/**
 * The user's own folder for sockets where the system has one (XDG Base Directory specification).
 */
function runtimeFolder(): string {
  const given = process.env["XDG_RUNTIME_DIR"];
  return given !== undefined && given !== "" && existsSync(given) ? given : tmpdir();
}

/**
 * Creates a folder that only its owner may enter.
 *
 * @throws Failure when it exists and belongs to another user, who may have created it below `/tmp`
 */
export function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { uid } = lstatSync(path);
  const own = process.getuid?.() ?? uid;
  if (uid !== own)
    throw new Failure(`The folder ${path} belongs to another user (${uid}). Remove it.`);
  return path;
}
