import { ageInDays, oldImageDays } from "../../model/image/age";
import type { AuditFacts } from "./facts";
import type { Finding } from "./finding";

/** An old image of a service, or of a container beside the Swarm. */
interface OldImage {
  readonly days: number;
  readonly where: Set<string>;
  /** Built by this stage, so that an update builds it again. */
  readonly isOwn: boolean;
}

/** Old base images, and images of running containers that were built long ago, each once. */
export function judgeImages(facts: AuditFacts, now: number): readonly Finding[] {
  const old = facts.baseImages.filter(({ days }) => days >= oldImageDays);
  return [
    ...old.map(({ name, days }): Finding => ({
      id: "image-age",
      severity: "low",
      where: "the repository server",
      what: `Builds start from ${name} as it was ${days} days ago.`,
      remedy: `\`npx hive update --stack ${facts.stage}\` asks for a newer one, and builds on it.`,
    })),
    ...judgeRunning(facts, now),
  ];
}

function judgeRunning({ servers, stage, registry }: AuditFacts, now: number): readonly Finding[] {
  const oldest = new Map<string, OldImage>();
  for (const { name, probe } of servers) {
    if (!("value" in probe)) continue;
    for (const { image, service, name: container, built } of probe.value.containers) {
      const days = ageInDays(built, now);
      if (days === undefined || days < oldImageDays) continue;
      const key = `${service ?? container} (${image.replace(/@.*$/, "")})`;
      const other = oldest.get(key);
      const where = (other?.where ?? new Set<string>()).add(name);
      // The registry's own image is run by its id.
      const isOwn = image.startsWith("sha256:") || image.startsWith(`${registry}/`);
      oldest.set(key, { days: Math.max(days, other?.days ?? 0), where, isOwn });
    }
  }
  return [...oldest].map(([key, { days, where, isOwn }]) => ({
    id: "image-age",
    severity: "low",
    where: [...where].join(", "),
    what: `The image of ${key} was built ${days} days ago, and has no package that was mended since.`,
    remedy: isOwn
      ? `\`npx hive update --stack ${stage}\` builds it again on today's base image and packages.`
      : `Name a newer image in the site, and run \`npx hive up --stack ${stage}\`.`,
  }));
}
