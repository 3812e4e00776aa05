import { type Problem, printableValue } from "../problem/problems";
import { servicePath, sitePath } from "../schema/check-site";
import { stageFile } from "../stage/check-stage";
import { suggestion } from "../problem/suggestion";
import { imagePins } from "../planning/image-pins";
import { forEachService, type PlannedService, type RuleInput, unknownReference } from "./rule";

/**
 * Images of services: the site's images exist, others have a digest if the stage requires it.
 */
export const imageProblems = forEachService(({ name, service, plan }, { site, stage }) => {
  if (plan.image.kind === "build") {
    const { image } = plan.image;
    return unknownReference(site, "images", image, servicePath(name, ["image", "build"])).map(
      (problem) => ({
        ...problem,
        message: "the site builds no image of this name",
        remedy: problem.remedy.startsWith("add")
          ? `${problem.remedy}, with a Dockerfile in site/images/${image}`
          : problem.remedy,
      }),
    );
  }
  const { reference } = plan.image;
  if (stage === "private" || reference.includes("@sha256:")) return [];
  return [
    {
      path: servicePath(name, ["image"]),
      value: printableValue(service.image) ?? "",
      message:
        `has no digest, but ${stage} runs only images by digest: a tag can move under a running site, and resolving it ` +
        "delays a failover while the registry is unreachable",
      remedy: `append the digest: docker buildx imagetools inspect ${reference} shows it; or restrict the service to the private stage with availableOn`,
    },
  ];
});

/** Secrets that builds read exist. */
export function buildSecretProblems({ site }: RuleInput): readonly Problem[] {
  return [...site.images].flatMap(([name, image]) =>
    (image.buildSecrets ?? []).flatMap((secret, index) =>
      unknownReference(site, "secrets", secret, sitePath(["images", name, "buildSecrets", index])),
    ),
  );
}

/**
 * Pins of the stage name images of the site, or services that run one, and no image has two pins.
 */
export function pinProblems(input: RuleInput): readonly Problem[] {
  const { site, stage, services, config } = input;
  const pins = config.pins ?? {};
  const { unknown, doubled } = imagePins(pins, site.names.images, services);
  return [
    ...unknown.map((name) => unknownPin(name, pins[name] ?? "", input)),
    ...doubled.map(({ name, image }) => ({
      path: `${stageFile(stage)}: hive:pins.${name}`,
      value: pins[name] ?? "",
      message: `pins the image ${image}, which another pin sets to another digest`,
      remedy: `keep one pin: hive:pins.${image}`,
    })),
  ];
}

function unknownPin(name: string, digest: string, input: RuleInput): Problem {
  const building = input.services.filter(buildsImage).map((service) => service.name);
  const meant = suggestion(name, [...input.site.names.images, ...building]);
  return {
    path: `${stageFile(input.stage)}: hive:pins.${name}`,
    value: digest,
    message:
      "the site builds no image of this name, and no service of this name runs one that it builds",
    remedy: `${meant === undefined ? "" : `did you mean ${meant}? If not, `}remove it: npx hive unpin ${name} --stack ${input.stage}`,
  };
}

function buildsImage({ plan }: PlannedService): boolean {
  return plan.image.kind === "build";
}
