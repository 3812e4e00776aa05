import { planSite } from "../../../model/plan-site";
import type { Plan } from "../../../model/plan";
import { defineSite, type Site } from "../../../model/site";
import { parseStage } from "../../../model/stage/check-stage";

/** The raw configuration of a stage that works on every stage name. */
export const rawStage = { "hive:fleet": "container", "hive:cidr": "172.29.16.0/24" };

/** A site with one service. */
export const smallSite = defineSite({
  name: "hive.example",
  images: { webgate: {} },
  services: { webgate: { image: { build: "webgate" }, mode: "global", ports: ["80"] } },
});

/** The plan of a small site, with what a test changes about it. */
export function planWith(
  change: {
    readonly stage?: "private" | "staging" | "production";
    readonly raw?: Readonly<Record<string, string>>;
    readonly site?: Site;
  } = {},
): Plan {
  const stage = parseStage(change.stage ?? "private", { ...rawStage, ...change.raw });
  return planSite({ stage, site: change.site ?? smallSite });
}
