import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "./project";

/**
 * The version of hive, with the commit if the project's folder is a clone: `hive 0.1.0 (d70c62d)`.
 * `-dirty` after the commit says that files differ from it.
 */
export function versionText(project: string = projectFolder): string {
  const { version } = require(join(project, "package.json")) as { version: string };
  const commit = existsSync(join(project, ".git")) ? commitOf(project) : "";
  return `hive ${version}${commit === "" ? "" : ` (${commit})`}`;
}

/** The abbreviated commit; empty without git. */
function commitOf(project: string): string {
  const describe = ["describe", "--always", "--dirty", "--exclude=*"];
  const { stdout, status } = spawnSync("git", describe, { cwd: project, encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}
