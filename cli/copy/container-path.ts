import type Dockerode from "dockerode";
import { posix } from "node:path";
import type { Readable } from "node:stream";
import { engineStatus } from "../../providers/transport/engine";
import type { DestinationFacts } from "./placement";

/** What is at a path in a container. */
export interface ContainerEntry {
  /** With links followed where that was asked for. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
}

/** Bits of Go's `os.FileMode`, in which the Docker Engine reports modes. */
const modeFolder = 0x80000000;
const modeLink = 0x08000000;
/** As many as Linux follows before it gives up. */
const mostLinks = 40;

/**
 * Looks at a path in a container.
 *
 * @param follow whether a link is followed, any number of times
 * @returns undefined when nothing is there
 */
export async function statPath(
  container: Dockerode.Container,
  path: string,
  follow: boolean,
): Promise<ContainerEntry | undefined> {
  let current = withoutSlash(path);
  for (let links = 0; links <= mostLinks; links++) {
    const seen = await stat(container, current);
    if (seen === undefined) return undefined;
    if ((seen.mode & modeLink) === 0) {
      return { path: current, kind: (seen.mode & modeFolder) === 0 ? "file" : "folder" };
    }
    if (!follow) return { path: current, kind: "link" };
    current = posix.resolve(posix.dirname(current), seen.linkTarget);
  }
  throw new Error(`${path}: more than ${mostLinks} symbolic links in a row.`);
}

/** A destination in a container, as {@link placeCopy} takes it. */
export async function statDestination(
  container: Dockerode.Container,
  path: string,
): Promise<DestinationFacts> {
  const entry = await statPath(container, path, true);
  const own = entry?.path ?? withoutSlash(path);
  const above = entry === undefined ? await statPath(container, posix.dirname(own), true) : entry;
  return {
    path: own,
    kind: entry === undefined ? "absent" : entry.kind === "folder" ? "folder" : "file",
    parentExists: entry !== undefined || above?.kind === "folder",
    asFolder: /\/\.?$/.test(path),
  };
}

/** `/a/b` of `/a/b/` and `/a/b/.`. */
export function withoutSlash(path: string): string {
  return posix.resolve("/", path);
}

async function stat(
  container: Dockerode.Container,
  path: string,
): Promise<{ readonly mode: number; readonly linkTarget: string } | undefined> {
  try {
    const answer = (await container.infoArchive({ path })) as unknown as Readable & {
      headers: Record<string, string | undefined>;
    };
    answer.resume();
    const header = answer.headers["x-docker-container-path-stat"] ?? "";
    return JSON.parse(Buffer.from(header, "base64").toString("utf8")) as {
      mode: number;
      linkTarget: string;
    };
  } catch (error) {
    if (engineStatus(error) === 404) return undefined;
    throw error;
  }
}
