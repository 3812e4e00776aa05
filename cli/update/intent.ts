import type { Plan } from "../../model/plan";
import { referencedImages } from "../../model/planning/referenced-images";
import { stageFileName } from "../stage-file";
import { tableLines } from "../table";

/**
 * What the next run does for an update, in lines for a person. Pure.
 *
 * @param plan with the time of the update
 * @param bases references of images that builds start from
 */
export function intentLines(plan: Plan, bases: readonly string[]): readonly string[] {
  const { images, traits, stage, siteName, updated = "" } = plan;
  const built = images.filter(({ pullFrom }) => pullFrom === undefined).map(({ name }) => name);
  const pinned = images.filter(({ pullFrom }) => pullFrom !== undefined).map(({ name }) => name);
  const named = referencedImages(plan.services).map(({ reference }) => reference);
  const asked = traits.baseImages === "local" ? "this computer's Docker Engine" : "its registry";
  return [
    `Updates the ${stage} stage of ${siteName}:`,
    ...tableLines([
      ["  asked for again", `${bases.join(", ")}, by ${asked}`],
      ["  built again", `${["the registry's own image", ...built].join(", ")}, without a cache`],
      [
        "  servers",
        traits.servers === "containers"
          ? "made anew from a new server image, one after the other; their data stays"
          : "packages are upgraded, one cluster server after the other; none is rebooted",
      ],
      ["  services", "rolled out on their new images, each as its update says"],
      ...(pinned.length === 0
        ? []
        : [["  stay pinned", `${pinned.join(", ")}: \`npx hive unpin\` ends a pin`]]),
      ...(named.length === 0
        ? []
        : [["  stay as named", `${named.join(", ")}: name newer ones in site/`]]),
      ["  written to", `${stageFileName(stage)}, hive:updated: "${updated}": commit it`],
    ]),
  ];
}
