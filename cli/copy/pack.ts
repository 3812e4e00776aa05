import { createReadStream, type Stats } from "node:fs";
import { lstat, readdir, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Pack } from "tar-stream";

/** What was copied. */
export interface CopyCounts {
  files: number;
  bytes: number;
}

/** How files go into an archive. */
export interface PackOptions {
  /** Follow the source itself if it is a link; links inside of a folder stay links. */
  readonly followLink: boolean;
  /** Owner and group are kept; else both are root. */
  readonly keepOwner: boolean;
}

/**
 * Writes a file or a folder into an archive and ends it.
 *
 * @param name what it is called there; `.`: only what is in the folder
 */
export async function packLocal(
  pack: Pack,
  path: string,
  name: string,
  options: PackOptions,
): Promise<CopyCounts> {
  const counts: CopyCounts = { files: 0, bytes: 0 };
  const facts = await (options.followLink ? stat : lstat)(path);
  await packEntry(pack, path, name, facts, options, counts);
  pack.finalize();
  return counts;
}

async function packEntry(
  pack: Pack,
  path: string,
  name: string,
  facts: Stats,
  options: PackOptions,
  counts: CopyCounts,
): Promise<void> {
  const header = {
    name,
    mode: facts.mode & 0o7777,
    mtime: facts.mtime,
    uid: options.keepOwner ? facts.uid : 0,
    gid: options.keepOwner ? facts.gid : 0,
  };
  if (facts.isDirectory()) {
    // The destination's own folder keeps its mode and owner.
    if (name !== ".") pack.entry({ ...header, name: `${name}/`, type: "directory" });
    for (const child of (await readdir(path)).sort()) {
      const inside = join(path, child);
      const childName = name === "." ? child : `${name}/${child}`;
      await packEntry(pack, inside, childName, await lstat(inside), options, counts);
    }
  } else if (facts.isSymbolicLink()) {
    pack.entry({ ...header, type: "symlink", linkname: await readlink(path) });
    counts.files += 1;
  } else if (facts.isFile()) {
    const { size } = facts;
    if (size === 0) pack.entry({ ...header, type: "file" }, "");
    else {
      const entry = pack.entry({ ...header, size, type: "file" });
      // No more than the header says, even if the file grows meanwhile.
      await pipeline(createReadStream(path, { end: size - 1 }), entry);
    }
    counts.files += 1;
    counts.bytes += size;
  }
  // Sockets, pipes and devices are skipped: they mean nothing elsewhere.
}
