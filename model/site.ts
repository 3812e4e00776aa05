import type { Site } from "./inventory";
import type { WithValues } from "./stage-values";

export type * from "./inventory";
export { stageValues } from "./stage-values";

/**
 * Declares the site. Returns its argument: with this function an editor knows and explains the
 * fields.
 */
export function defineSite(site: WithValues<Site>): Site {
  // The plan fills in the stage's values before anything reads the site.
  return site as Site;
}
