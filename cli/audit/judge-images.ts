import type { AuditFacts } from "./facts";
import type { Finding } from "./finding";

const dayMs = 24 * 3600 * 1000;

/** Older than this, an image misses two rounds of Debian's mended packages, days. */
const oldImageDays = 60;

/** Images of running containers that were built long ago, each once. */
export function judgeImages({ servers, stage }: AuditFacts, now: number): readonly Finding[] {
  const oldest = new Map<string, { readonly days: number; readonly where: Set<string> }>();
  for (const { name, probe } of servers) {
    if (!("value" in probe)) continue;
    for (const { image, service, name: container, built } of probe.value.containers) {
      const time = Date.parse(built ?? "");
      // Images that are the same in every build have no time, or a made-up one.
      if (Number.isNaN(time) || new Date(time).getUTCFullYear() < 2000) continue;
      const days = Math.floor((now - time) / dayMs);
      if (days <= oldImageDays) continue;
      const key = `${service ?? container} (${image.replace(/@.*$/, "")})`;
      const other = oldest.get(key);
      const where = (other?.where ?? new Set<string>()).add(name);
      oldest.set(key, { days: Math.max(days, other?.days ?? 0), where });
    }
  }
  return [...oldest].map(([key, { days, where }]) => ({
    id: "image-age",
    severity: "low",
    where: [...where].join(", "),
    what: `The image of ${key} was built ${days} days ago, and has no package that was mended since.`,
    remedy: `Name a newer base image, or a newer image, in the site, and run \`npx hive up --stack ${stage}\`.`,
  }));
}
