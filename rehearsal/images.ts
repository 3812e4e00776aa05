import { createHash } from "node:crypto";
import { join } from "node:path";
import { hashBuildContext } from "../providers/image-build/context";
import { serverImageContext } from "../fleet/container/server-image";
import { runCommand } from "./command";

/** The images that a rehearsal runs, by their tags. */
export interface RehearsalImages {
  /** Stands for the machine image of an instance. */
  readonly instance: string;
  /** The router of a VPC. */
  readonly router: string;
}

/** An image to build. */
interface Build {
  readonly tag: string;
  readonly context: string;
  /** The image that it starts from; undefined: its Dockerfile names it. */
  readonly server?: string;
}

/** How long one build may take, seconds: a minute with a near package server. */
const buildSeconds = 15 * 60;

/** How long the Docker Engine may take for its answer, seconds. */
const answerSeconds = 30;

const project = join(__dirname, "..");

/** The builds in their order; a tag changes with any file that the image is made from. */
export function imageBuilds(): {
  readonly builds: readonly Build[];
  readonly images: RehearsalImages;
} {
  const server = join(project, serverImageContext);
  const instance = join(__dirname, "images/ami");
  const router = join(__dirname, "images/router");
  const serverTag = tagOf("server", server);
  const images = {
    instance: tagOf("ami", server, instance),
    router: tagOf("router", server, router),
  };
  return {
    builds: [
      { tag: serverTag, context: server },
      { tag: images.instance, context: instance, server: serverTag },
      { tag: images.router, context: router, server: serverTag },
    ],
    images,
  };
}

function tagOf(name: string, ...contexts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const context of contexts) hash.update(hashBuildContext(context));
  return `hive-rehearsal/${name}:${hash.digest("hex").slice(0, 12)}`;
}

/**
 * Builds the images that are not there. Needs the base image, which `--ensure docker` gets.
 *
 * @throws Error with the last lines of a failed build
 */
export async function ensureImages(): Promise<RehearsalImages> {
  const { builds, images } = imageBuilds();
  for (const { tag, context, server } of builds) {
    if (await isThere(tag)) continue;
    const from = server === undefined ? [] : ["--build-arg", `SERVER=${server}`];
    await runCommand("docker", ["build", "--quiet", "--tag", tag, ...from, context], {
      seconds: buildSeconds,
    });
  }
  return images;
}

async function isThere(tag: string): Promise<boolean> {
  const listed = await runCommand("docker", ["image", "ls", "--quiet", tag], {
    seconds: answerSeconds,
  });
  return listed !== "";
}
