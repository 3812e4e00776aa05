import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import type dockerignore from "@balena/dockerignore";
import type * as tarStream from "tar-stream";
import {
  archiveMode,
  type BuildContextEntry,
  hashEntries,
  selectEntries,
} from "../../model/image/build-context";

/** The header of an archive entry. */
interface ArchiveHeader {
  readonly name: string;
  readonly mode: number;
  readonly mtime: Date;
}

/**
 * Hash of a build context, 64 hex digits: the same for the same files on every computer.
 * `.dockerignore` is respected.
 *
 * @param folder - relative to the working directory, which is the project's root, or absolute.
 * @throws Error that names the folder when it has no Dockerfile, or contains an entry that cannot
 *   be sent to a Docker Engine.
 */
export function hashBuildContext(folder: string): string {
  return hashEntries(
    listBuildContext(folder).map((entry) => ({
      ...entry,
      content:
        entry.kind === "file"
          ? createHash("sha256")
              .update(readFileSync(join(resolve(folder), entry.path)))
              .digest("hex")
          : "",
    })),
  );
}

/**
 * The build context as a tar archive for the Docker Engine: in a fixed order, with normalized
 * modes, without owners and times, so that equal files make an equal archive. Files are read one
 * after the other while the archive is sent; an unreadable file is an error of the stream.
 */
export function packBuildContext(folder: string): Readable {
  const { pack } = require("tar-stream") as typeof tarStream;
  const archive = pack();
  const writeFile = (header: ArchiveHeader, content: Buffer): Promise<void> =>
    new Promise((done, fail) => {
      archive.entry({ ...header, type: "file" }, content, (error) =>
        error === null || error === undefined ? done() : fail(error),
      );
    });
  const writeAll = async (): Promise<void> => {
    for (const entry of listBuildContext(folder)) {
      const header = { name: entry.path, mode: archiveMode(entry), mtime: new Date(0) };
      if (entry.kind === "file") {
        await writeFile(header, readFileSync(join(resolve(folder), entry.path)));
      } else if (entry.kind === "folder") {
        archive.entry({ ...header, type: "directory" });
      } else {
        archive.entry({ ...header, type: "symlink", linkname: entry.target });
      }
    }
    archive.finalize();
  };
  writeAll().catch((error: unknown) => archive.destroy(error as Error));
  return Readable.from(archive);
}

/**
 * The entries of the folder that are sent to the Docker Engine, in order. @throws Error as
 * {@link hashBuildContext}.
 */
export function listBuildContext(folder: string): BuildContextEntry[] {
  const root = resolve(folder);
  if (!existsSync(join(root, "Dockerfile"))) {
    throw new Error(
      `The build context ${folder} has no Dockerfile (looked for ${join(root, "Dockerfile")}).`,
    );
  }
  const ignoreFile = join(root, ".dockerignore");
  const rules = existsSync(ignoreFile) ? readFileSync(ignoreFile, "utf8") : "";
  const ignore = require("@balena/dockerignore") as typeof dockerignore;
  const matcher = ignore().add(rules);
  return selectEntries(walk(folder, root, ""), (path) => matcher.ignores(path));
}

/** Everything below a folder; links are not followed. */
function walk(context: string, root: string, below: string): BuildContextEntry[] {
  return readdirSync(join(root, below)).flatMap((name) => {
    const path = below === "" ? name : `${below}/${name}`;
    const found = lstatSync(join(root, path));
    const executable = (found.mode & 0o100) !== 0;
    if (found.isSymbolicLink()) {
      const target = readlinkSync(join(root, path));
      return [{ path, kind: "link" as const, executable: false, target }];
    }
    if (found.isDirectory()) {
      const folder = { path, kind: "folder" as const, executable: true, target: "" };
      return [folder, ...walk(context, root, path)];
    }
    if (!found.isFile()) {
      throw new Error(
        `The build context ${context} holds ${path}, which is not a file, a folder or a link. Remove it.`,
      );
    }
    return [{ path, kind: "file" as const, executable, target: "" }];
  });
}
