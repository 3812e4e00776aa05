import { planVolume } from "../planning/plan-resources";
import type { ReplicationPlan } from "../plan";
import type { Problem } from "../problem/problems";
import { sitePath } from "../schema/check-site";
import type { RuleInput } from "./rule";

interface Replicated {
  readonly name: string;
  readonly replication: ReplicationPlan;
  /** Whether the site gives the number; else it is computed. */
  readonly given: Readonly<Record<"minor" | "port", boolean>>;
}

/**
 * No two replicated volumes have the same minor number or port. All volumes of the site count, even
 * those that this stage does not use, so that no stage hides a collision from another one.
 */
export function replicationProblems({ site }: RuleInput): readonly Problem[] {
  const volumes = [...site.volumes].flatMap(([name, volume]): readonly Replicated[] => {
    const { replication } = planVolume(name, volume, "drbd");
    if (replication === undefined || !("replicated" in volume)) return [];
    const { minor, port } = volume.replicated;
    return [{ name, replication, given: { minor: minor !== undefined, port: port !== undefined } }];
  });
  return volumes.flatMap((volume) =>
    (["minor", "port"] as const).flatMap((key) => {
      const other = volumes.find(
        (candidate) =>
          candidate.name !== volume.name && candidate.replication[key] === volume.replication[key],
      );
      return other === undefined ? [] : [sameNumber(volume, other, key)];
    }),
  );
}

function sameNumber(volume: Replicated, other: Replicated, key: "minor" | "port"): Problem {
  const number = volume.replication[key];
  const title = key === "minor" ? "DRBD minor number" : "replication port";
  return {
    path: sitePath(["volumes", volume.name, "replicated", key]),
    value: String(number),
    message: `${volume.given[key] ? "is" : "is computed from the volume's name, and is"} the ${title} of the volume ${other.name} too`,
    remedy: `write another ${key} for one of the two that has no data yet`,
  };
}
