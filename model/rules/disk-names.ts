import { fleetTraits } from "../../fleet/traits";
import { attachmentName } from "../planning/made-disks";
import { planVolume } from "../planning/plan-resources";
import type { Problem } from "../problem/problems";
import { sitePath } from "../schema/check-site";
import type { RuleInput } from "./rule";

/**
 * Where the fleet makes the disks of volumes, no two of them have the same name on a server. The
 * name follows from the minor number, which the site may choose.
 */
export function diskNameProblems({ site, config }: RuleInput): readonly Problem[] {
  if (config.fleet === undefined || fleetTraits[config.fleet].makesDisks !== true) return [];
  const volumes = [...site.volumes].flatMap(([name, volume]) => {
    const { replication } = planVolume(name, volume, "drbd");
    return replication === undefined ? [] : [{ name, minor: replication.minor }];
  });
  return volumes.flatMap(({ name, minor }, place) => {
    const other = volumes
      .slice(0, place)
      .find((each) => each.minor !== minor && attachmentName(each.minor) === attachmentName(minor));
    if (other === undefined) return [];
    return [
      {
        path: sitePath(["volumes", name, "replicated", "minor"]),
        value: String(minor),
        message:
          `gives the volume's disk the name ${attachmentName(minor)} on its servers, which that of the volume ${other.name} ` +
          `(${other.minor}) has too`,
        remedy:
          "write another minor, which differs in the last two digits, for one of the two that has no data yet",
      },
    ];
  });
}
