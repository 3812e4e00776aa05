import type { Site } from "./inventory";
import type { WithValues } from "./stage-values";

export type * from "./inventory";
export { stageValues } from "./stage-values";

/**
 * Declares the site. Returns its argument: the function is there so that an editor knows and
 * explains the fields.
 */
export function defineSite(site: WithValues<Site>): Site {
  // The plan fills values of the stage in before anything looks at the site.
  return site as Site;
}
