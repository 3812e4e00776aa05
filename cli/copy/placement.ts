import type { PlatformPath } from "node:path";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";

/** What is known about the source of a copy. */
export interface SourceFacts {
  /** Last part of its path. */
  readonly name: string;
  readonly isFolder: boolean;
  /** The path ends with `/.`: only what is in the folder is meant. */
  readonly contentsOnly: boolean;
}

/** What is known about the destination of a copy, links followed. */
export interface DestinationFacts {
  /** Absolute, without a slash at its end. */
  readonly path: string;
  readonly kind: "absent" | "file" | "folder";
  /** The folder above it exists. */
  readonly parentExists: boolean;
  /** It was written with a slash at its end. */
  readonly asFolder: boolean;
}

/**
 * Where the copy goes: into an existing folder, under a name; `.` means that the folder takes the
 * source's contents.
 */
export interface Placement {
  readonly folder: string;
  readonly name: string;
}

/**
 * Where a copy goes, by the rules of `docker cp`
 * (https://docs.docker.com/reference/cli/docker/container/cp/): a file replaces a file, goes into a
 * folder, or makes a new file; a folder goes into a folder, or becomes a new one.
 *
 * @param paths path functions of the destination's system
 * @throws Failure where those rules refuse
 */
export function placeCopy(
  source: SourceFacts,
  destination: DestinationFacts,
  paths: Pick<PlatformPath, "dirname" | "basename">,
): Placement {
  const { path, kind } = destination;
  if (kind === "folder") {
    return { folder: path, name: source.isFolder && source.contentsOnly ? "." : source.name };
  }
  if (kind === "file" && source.isFolder)
    throw refused(`${path} is a file: a folder cannot be copied there.`);
  if (destination.asFolder && (kind === "file" || !source.isFolder))
    throw refused(
      `The folder ${path} does not exist. Create it first, or write it without the slash.`,
    );
  if (!destination.parentExists)
    throw refused(`The folder ${paths.dirname(path)} does not exist. Create it first.`);
  return { folder: paths.dirname(path), name: paths.basename(path) };
}

/**
 * Whether a path means the contents of a folder, not the folder itself: it ends with `/.`, or is
 * `.`.
 */
export function meansContents(path: string): boolean {
  return /(^|[/\\])\.$/.test(path);
}

/** Whether the end of a path says that it is a folder. */
export function meansFolder(path: string): boolean {
  return /[/\\]\.?$/.test(path);
}

function refused(text: string): Failure {
  return new Failure(`${text} Nothing was copied.`, exitCodes.input);
}
