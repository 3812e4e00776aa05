import type Dockerode from "dockerode";
import { lstat, stat } from "node:fs/promises";
import path, { posix, resolve } from "node:path";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type * as tarStream from "tar-stream";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import type { CopyDirection } from "./copy-argument";
import { statDestination, statPath } from "./container-path";
import { type CopyCounts, packLocal } from "./pack";
import { type DestinationFacts, meansContents, meansFolder, placeCopy } from "./placement";
import { unpackTo } from "./unpack";

/** How a copy is made. */
export interface CopyOptions {
  readonly followLink: boolean;
  /** Keep owner and group. */
  readonly archive: boolean;
  /** Where a tar stream comes from and goes to. */
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly note: (text: string) => void;
}

/**
 * Copies between this computer and a container.
 *
 * @returns what was copied; undefined for a tar stream, of which only the bytes are passed on
 */
export async function copy(
  container: Dockerode.Container,
  direction: CopyDirection,
  options: CopyOptions,
): Promise<CopyCounts | undefined> {
  if (direction.to === "container") {
    const { source, destination } = direction;
    if (source.kind === "local")
      return await copyIn(container, source.path, destination.path, options);
    await streamIn(container, destination.path, options.stdin);
  } else {
    const { source, destination } = direction;
    if (destination.kind === "local")
      return await copyOut(container, source.path, destination.path, options);
    const entry = await sourceIn(container, source.path, options.followLink);
    await pipeline(await archiveOf(container, entry.path), options.stdout, { end: false });
  }
  return undefined;
}

async function copyIn(
  container: Dockerode.Container,
  source: string,
  destination: string,
  options: CopyOptions,
): Promise<CopyCounts> {
  const followLink = options.followLink || meansFolder(source);
  const local = resolve(source);
  const facts = await (followLink ? stat : lstat)(local).catch(() => undefined);
  if (facts === undefined) throw missing(source);
  if (meansFolder(source) && !facts.isDirectory()) throw missing(source);
  const place = placeCopy(
    {
      name: path.basename(local),
      isFolder: facts.isDirectory(),
      contentsOnly: meansContents(source),
    },
    await statDestination(container, destination),
    posix,
  );
  const { pack: newPack } = require("tar-stream") as typeof tarStream;
  const pack = newPack();
  const body = new PassThrough();
  const flowing = pipeline(pack as unknown as Readable, body);
  const packing = packLocal(pack, local, place.name, {
    followLink,
    keepOwner: options.archive,
  }).catch((error: unknown) => {
    pack.destroy(error as Error);
    throw error;
  });
  flowing.catch(() => undefined);
  packing.catch(() => undefined);
  try {
    const putting = put(container, place.folder, body);
    putting.catch(() => undefined);
    const counts = await Promise.race([packing, putting.then(() => packing)]);
    await putting;
    return counts;
  } finally {
    pack.destroy();
    body.destroy();
  }
}

async function streamIn(
  container: Dockerode.Container,
  destination: string,
  source: Readable,
): Promise<void> {
  const { kind, path: folder } = await statDestination(container, destination);
  if (kind !== "folder") {
    throw new Failure(
      `${destination} is not a folder in the container. A tar stream needs one: create it first.`,
      exitCodes.input,
    );
  }
  await put(container, folder, source);
}

async function put(container: Dockerode.Container, folder: string, body: Readable): Promise<void> {
  await container.putArchive(body, { path: folder, noOverwriteDirNonDir: "1" });
}

async function copyOut(
  container: Dockerode.Container,
  source: string,
  destination: string,
  options: CopyOptions,
): Promise<CopyCounts> {
  const entry = await sourceIn(container, source, options.followLink);
  const place = placeCopy(
    {
      // The copy gets the name of the link, not of its target.
      name: posix.basename(posix.resolve("/", source)),
      isFolder: entry.kind === "folder",
      contentsOnly: meansContents(source),
    },
    await localDestination(destination),
    path,
  );
  return await unpackTo(await archiveOf(container, entry.path), place, {
    keepOwner: options.archive,
    skipped: (name) =>
      options.note(`Skipped, because it is neither a file, a folder nor a link: ${name}`),
  });
}

async function sourceIn(
  container: Dockerode.Container,
  source: string,
  followLink: boolean,
): Promise<{ readonly path: string; readonly kind: "file" | "folder" | "link" }> {
  const entry = await statPath(container, source, followLink || meansFolder(source));
  if (entry === undefined || (meansFolder(source) && entry.kind !== "folder")) {
    throw new Failure(`${source} does not exist in the container.`, exitCodes.input);
  }
  return entry;
}

async function archiveOf(container: Dockerode.Container, source: string): Promise<Readable> {
  return (await container.getArchive({ path: source })) as Readable;
}

async function localDestination(destination: string): Promise<DestinationFacts> {
  const absolute = resolve(destination);
  const [own, above] = await Promise.all(
    [absolute, path.dirname(absolute)].map((place) => stat(place).catch(() => undefined)),
  );
  return {
    path: absolute,
    kind: own === undefined ? "absent" : own.isDirectory() ? "folder" : "file",
    parentExists: above?.isDirectory() === true,
    asFolder: meansFolder(destination),
  };
}

function missing(source: string): Failure {
  return new Failure(`${source} does not exist here. Nothing was copied.`, exitCodes.input);
}
