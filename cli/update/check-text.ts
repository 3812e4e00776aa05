import { shortDigest } from "../releases/choose-release";
import { tableLines } from "../table";
import type { BaseImageCheck } from "./base-image-check";

/** What `hive update --check` found. */
export interface UpdateCheck {
  readonly stage: string;
  /** `hive:updated` of the stage's file; absent: never. */
  readonly updated?: string;
  readonly images: readonly BaseImageCheck[];
}

/** The check for a person. Pure. */
export function checkText({ stage, updated, images }: UpdateCheck): string {
  const rows = images.map((image) => [
    image.reference,
    pinText(image),
    image.days === undefined ? "-" : `${image.days} days`,
    newerText(image),
    image.usedBy.join(" "),
  ]);
  const reasons = images.flatMap(({ reference, reason }) =>
    reason === undefined ? [] : [`${reference}: ${reason.trim().replace(/\.$/, "")}.`],
  );
  return [
    ...tableLines([["base image", "in use", "age", "newer", "images of the site"], ...rows]),
    ...(reasons.length === 0 ? [] : ["", ...reasons]),
    "",
    updated === undefined ? "This stage was never updated." : `The last update was ${updated}.`,
    `\`npx hive update --stack ${stage}\` asks for newer base images, and renews the packages in images and on servers in any case.`,
  ].join("\n");
}

function pinText({ isPinned, digest, imageId }: BaseImageCheck): string {
  const hash = digest ?? imageId;
  if (hash === undefined) return "not there yet";
  return isPinned ? `${shortDigest(hash)}, pinned` : shortDigest(hash);
}

function newerText({ newer, newest }: BaseImageCheck): string {
  return newer === "yes" && newest !== undefined ? `yes: ${shortDigest(newest)}` : newer;
}
