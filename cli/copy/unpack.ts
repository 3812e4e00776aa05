import {
  chmod,
  chown,
  lchown,
  link,
  lstat,
  mkdir,
  realpath,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import type { Readable } from "node:stream";
import type * as tarStream from "tar-stream";
import { Failure } from "../failure";
import type { CopyCounts } from "./pack";
import type { Placement } from "./placement";

/** How files come out of an archive. */
export interface UnpackOptions {
  /** Owner, group, and the bits that let a program run as another user, are kept. */
  readonly keepOwner: boolean;
  /** Called for each entry that cannot be created here, e.g. a device. */
  readonly skipped: (name: string) => void;
}

/**
 * Unpacks an archive of one file or folder below a folder of this computer. The archive is not
 * trusted: nothing is written outside of that folder, neither by names nor through links.
 */
export async function unpackTo(
  source: Readable,
  place: Placement,
  options: UnpackOptions,
): Promise<CopyCounts> {
  const { extract: newExtract } = require("tar-stream") as typeof tarStream;
  const unpacker = new Unpacker(await realpath(place.folder), place.name, options);
  const extract = newExtract();
  source.on("error", (error) => extract.destroy(error));
  try {
    // Nothing may be awaited between here and the loop: it would miss the first entry.
    source.pipe(extract);
    for await (const entry of extract) {
      await unpacker.take(entry.header, entry as unknown as Readable);
      entry.resume();
    }
  } finally {
    source.unpipe(extract);
    source.destroy();
  }
  await unpacker.finish();
  return unpacker.counts;
}

class Unpacker {
  readonly counts: CopyCounts = { files: 0, bytes: 0 };
  /** Name of the archive's first entry: the root of all others. */
  private root: string | undefined;
  private readonly folders: { path: string; header: tarStream.Header }[] = [];

  constructor(
    private readonly base: string,
    private readonly name: string,
    private readonly options: UnpackOptions,
  ) {}

  async take(header: tarStream.Header, content: Readable): Promise<void> {
    const own = this.targetOf(header.name);
    await this.checkParent(own);
    switch (header.type) {
      case "directory":
        await this.makeFolder(own, header);
        return;
      case "file":
      case "contiguous-file":
      case undefined:
      case null:
        await this.clear(own);
        await writeFile(own, content, { flag: "wx", mode: 0o600 });
        await this.setFacts(own, header);
        this.counts.bytes += header.size ?? 0;
        break;
      case "symlink":
        await this.clear(own);
        await symlink(header.linkname ?? "", own);
        if (this.options.keepOwner) await lchown(own, header.uid ?? 0, header.gid ?? 0);
        break;
      case "link": {
        const first = this.targetOf(header.linkname ?? "");
        await this.checkParent(first);
        await this.clear(own);
        await link(first, own);
        break;
      }
      case "block-device":
      case "character-device":
      case "fifo":
      default:
        this.options.skipped(header.name);
        return;
    }
    this.counts.files += 1;
  }

  /**
   * Modes and times of folders come last: a read-only folder takes no files, and every file changes
   * its folder's time.
   */
  async finish(): Promise<void> {
    for (const { path, header } of this.folders.reverse()) await this.setFacts(path, header);
  }

  /** Where an entry of the archive goes. */
  private targetOf(name: string): string {
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    if (parts.includes("..")) throw outside(name);
    this.root ??= parts[0] ?? "";
    const rest = this.root !== "" && parts[0] === this.root ? parts.slice(1) : parts;
    return join(this.base, this.name, ...rest);
  }

  /** Nothing may be written through a link that leads elsewhere. */
  private async checkParent(path: string): Promise<void> {
    // The destination itself stands in a folder that the user chose.
    if (path === this.base || dirname(path) === this.base) return;
    const parent = await realpath(dirname(path));
    if (parent !== this.base && !parent.startsWith(this.base + sep)) throw outside(path);
  }

  private async makeFolder(path: string, header: tarStream.Header): Promise<void> {
    const there = await lstat(path).catch(() => undefined);
    if (there === undefined) await mkdir(path, { mode: 0o700 });
    else if (!there.isDirectory())
      throw new Failure(
        `${path} is not a folder, so the folder ${basename(path)} cannot be copied there.`,
      );
    // A folder that was there before keeps its mode.
    if (there === undefined) this.folders.push({ path, header });
  }

  /** Makes room for a file. */
  private async clear(path: string): Promise<void> {
    const there = await lstat(path).catch(() => undefined);
    if (there?.isDirectory() === true)
      throw new Failure(`${path} is a folder, so a file cannot be copied there.`);
    if (there !== undefined) await rm(path);
  }

  private async setFacts(path: string, header: tarStream.Header): Promise<void> {
    const { keepOwner } = this.options;
    if (keepOwner) await chown(path, header.uid ?? 0, header.gid ?? 0);
    await chmod(path, (header.mode ?? 0o644) & (keepOwner ? 0o7777 : 0o777));
    if (header.mtime !== undefined) await utimes(path, header.mtime, header.mtime);
  }
}

function outside(name: string): Failure {
  return new Failure(
    `The container's archive has an entry outside of the destination (${name}). It was not written.`,
  );
}
