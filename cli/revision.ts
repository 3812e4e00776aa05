import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodes } from "./exit-codes";
import { Failure } from "./failure";
import { projectFolder } from "./project";

/** The project as it was at a commit. */
export interface Revision {
  /** Abbreviated commit. */
  readonly commit: string;
  /** The project's folder at that commit. */
  readonly folder: string;
}

/**
 * Folders of hive itself. Those of the present stand in for those of the commit: a comparison is
 * about the site, and both plans are made by the same hive.
 */
const ofHive = [
  "cli",
  "components",
  "fleet",
  "model",
  "node_modules",
  "platform",
  "providers",
  "render",
  "toolchain",
];

/**
 * Puts the project as it was at a commit into a folder of its own, for as long as `use` takes.
 * Neither the work tree nor git's index of it is touched.
 *
 * @param name anything that git knows as a commit: a branch, `HEAD~1`, a hash
 * @throws Failure when there is no git, no repository or no such commit
 */
export async function atRevision<Result>(
  name: string,
  use: (revision: Revision) => Result | Promise<Result>,
  project: string = projectFolder,
): Promise<Result> {
  const inside = git(project, ["rev-parse", "--show-toplevel", "--show-prefix"]);
  if (inside.status !== 0)
    throw new Failure(
      `--against needs git's history, and ${project} is not in a git repository.`,
      exitCodes.input,
    );
  const commit = git(project, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--short",
    "--end-of-options",
    `${name}^{commit}`,
  ]);
  if (commit.status !== 0)
    throw new Failure(
      `git knows no revision ${JSON.stringify(name)}. Give a branch, a tag or a commit, e.g. main or HEAD~1.`,
      exitCodes.input,
    );
  const folder = mkdtempSync(join(tmpdir(), "hive-revision-"));
  try {
    const [top = project, below = ""] = inside.stdout.split("\n");
    checkOut(top, `${commit.stdout}:${below}`, folder);
    for (const own of ofHive) standIn(join(project, own), join(folder, own));
    return await use({ commit: commit.stdout, folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Writes the files of a tree into a folder, with an index of their own.
 *
 * @param top the top of the work tree: below it, git would leave out what lies elsewhere
 */
function checkOut(top: string, tree: string, folder: string): void {
  const index = { GIT_INDEX_FILE: join(folder, ".index") };
  for (const args of [
    ["read-tree", tree],
    ["checkout-index", "--all", "--force", `--prefix=${folder}/`],
  ]) {
    const { status, stderr } = git(top, args, index);
    if (status !== 0) throw new Failure(`git ${args.join(" ")} failed:\n${stderr}`);
  }
}

function standIn(present: string, former: string): void {
  rmSync(former, { recursive: true, force: true });
  // A folder without them lies beside node_modules of a folder above it.
  if (existsSync(present) && readdirSync(present).length > 0)
    symlinkSync(present, former, "junction");
}

function git(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const answer = spawnSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  if ((answer.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
    throw new Failure("--against needs git, and there is none in PATH.", exitCodes.prerequisite);
  return { status: answer.status, stdout: answer.stdout.trim(), stderr: answer.stderr };
}
