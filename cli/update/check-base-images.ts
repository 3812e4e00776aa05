import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Dockerode from "dockerode";
import { ageInDays } from "../../model/image/age";
import { baseReferences } from "../../model/image/base-references";
import type { ImagePlan } from "../../model/plan";
import { openLocalEngine } from "../../providers/base-image/client";
import { inspectImage, registryDigest } from "../../providers/image-build/client";
import { withDeadline } from "../../providers/transport/deadline";
import { withEngine } from "../../providers/transport/engine";
import { messageOf } from "../../providers/transport/errors";
import type { HostAccess } from "../../providers/transport/host-access";
import { projectFolder } from "../project";
import { type BaseImageCheck, compareImages, type Observed } from "./base-image-check";
import type { OwnImage } from "./own-images";

/** How long everything about one image may take, seconds; a registry may be far away. */
const imageSeconds = 40;

/**
 * Asks for each base image whether there is a newer one: this computer's Docker Engine and the
 * registry, through the repository server. Changes nothing. Whatever does not answer is unknown.
 *
 * @param builder the repository server, which builds
 * @param kept base images that a resource keeps
 */
export async function checkBaseImages(
  builder: HostAccess,
  kept: readonly OwnImage[],
  images: readonly ImagePlan[],
): Promise<readonly BaseImageCheck[]> {
  const users = usersOfBases(images);
  const references = [...new Set([...kept.map(({ name }) => name), ...users.keys()])];
  return await Promise.all(
    references.map(async (reference) => {
      const pin = kept.find(({ name }) => name === reference);
      const usedBy = users.get(reference) ?? [];
      try {
        return await checkOne(builder, reference, usedBy, pin);
      } catch (error) {
        const known = pin === undefined ? {} : { imageId: pin.id };
        const what = { reference, usedBy, isPinned: pin !== undefined, ...known };
        return { ...what, newer: "unknown" as const, reason: messageOf(error) };
      }
    }),
  );
}

/** The images that are built from each base image, by its reference. */
function usersOfBases(images: readonly ImagePlan[]): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const { name, context, pullFrom } of images) {
    if (pullFrom !== undefined) continue;
    const dockerfile = readFileSync(join(projectFolder, context, "Dockerfile"), "utf8");
    for (const base of baseReferences(dockerfile)) {
      users.set(base, [...(users.get(base) ?? []), name]);
    }
  }
  return users;
}

async function checkOne(
  builder: HostAccess,
  reference: string,
  usedBy: readonly string[],
  pin: OwnImage | undefined,
): Promise<BaseImageCheck> {
  const here = pin?.isLocal === true ? await openLocalEngine(reference) : undefined;
  const [local, { image, registry }] = await Promise.all([
    here === undefined ? undefined : inspectHere(here, reference),
    withEngine(
      builder,
      async (docker) => ({
        image: await inspectImage(docker, pin?.id ?? reference),
        registry: await askRegistry(docker, reference),
      }),
      { deadlineSeconds: imageSeconds },
    ),
  ]);
  const digests = [...digestsOf(image), ...(pin?.digest === undefined ? [] : [pin.digest])];
  const days = ageInDays(image?.Created, Date.now());
  const observed: Observed = {
    ...(image === undefined ? {} : { present: { id: image.Id, digests } }),
    ...(local === undefined ? {} : { local: { id: local.Id, digests: digestsOf(local) } }),
    registry,
  };
  const [digest] = digests;
  return {
    reference,
    usedBy,
    isPinned: pin !== undefined,
    ...(digest === undefined ? {} : { digest }),
    ...(image === undefined ? {} : { imageId: image.Id, built: image.Created }),
    ...(days === undefined ? {} : { days }),
    ...compareImages(observed),
  };
}

async function askRegistry(docker: Dockerode, reference: string): Promise<Observed["registry"]> {
  try {
    const digest = await registryDigest(docker, reference, undefined);
    return digest === undefined ? { reason: "it has no such image" } : { digest };
  } catch (error) {
    return { reason: messageOf(error) };
  }
}

async function inspectHere(
  docker: Dockerode,
  reference: string,
): Promise<Dockerode.ImageInspectInfo | undefined> {
  const noAnswer = (): Error => new Error("This computer's Docker Engine does not answer.");
  return await withDeadline(10, noAnswer, () => inspectImage(docker, reference));
}

function digestsOf(image: Dockerode.ImageInspectInfo | undefined): readonly string[] {
  return (image?.RepoDigests ?? []).flatMap((each) => each.split("@")[1] ?? []);
}
