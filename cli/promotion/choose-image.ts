import type { Plan } from "../../model/plan";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { chooseRelease, currentRelease, type RollbackFacts } from "../releases/choose-release";

/**
 * The digest to promote: the one that the stage uses now, or the requested one.
 *
 * @param registry address of the stage's registry; images that were pulled from elsewhere are not
 *   in it
 * @param prefix beginning of a digest, with or without `sha256:`, or a tag
 * @throws Failure that names the candidates
 */
export function chooseDigest(
  facts: RollbackFacts,
  registry: string,
  prefix: string | undefined,
): string {
  const own = `${registry}/${facts.image}@`;
  const used = facts.reference.startsWith(own) ? facts.reference.slice(own.length) : undefined;
  const releases = facts.releases.filter(
    ({ digest, reference }) => digest !== "" && reference.startsWith(`${registry}/`),
  );
  // An image from an earlier promotion is not a release of this stage, but it can be promoted
  // further.
  const withUsed =
    used === undefined || currentRelease({ ...facts, releases }) !== undefined
      ? releases
      : [{ tag: "", digest: used, reference: facts.reference }, ...releases];
  if (prefix !== undefined) return chooseRelease({ ...facts, releases: withUsed }, prefix).digest;
  if (used !== undefined) return used;
  throw new Failure(
    `The stage uses ${facts.reference === "" ? "no image of this name" : facts.reference}, which is not in its registry ${registry}: name a release with --digest (\`npx hive rollback <service> --list --stack <stage>\` shows them). Nothing was changed.`,
    exitCodes.input,
  );
}

/**
 * The image with this name, or the image of the service with this name. @throws Failure that lists
 * the images
 */
export function imageNamed(plan: Plan, name: string): string {
  if (plan.images.some((image) => image.name === name)) return name;
  const service = plan.services.find((candidate) => candidate.name === name);
  if (service?.image.kind === "build") return service.image.image;
  const known = plan.images.map((image) => image.name).join(", ");
  throw new Failure(
    `${plan.stage} has no image ${name} that the site builds.${known === "" ? "" : ` It builds: ${known}.`}`,
    exitCodes.input,
  );
}
