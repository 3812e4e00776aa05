import { createHash } from "node:crypto";
import type { HostPlan, Plan } from "../../model/plan";
import {
  planServerContainer,
  serverContainer,
  type ServerContainerPlan,
} from "../../model/server-container";
import { canonical, sameValue } from "../../model/values/same-value";

/**
 * Label of a server container: the mark of what the site's transform has changed of it. One that is
 * as hive makes it does not have the label.
 */
export const serverSettingsLabel = "hive.server-settings";

/** What the site may change of a server, as the plan wants it. */
export function containerOf(plan: Plan, host: HostPlan): ServerContainerPlan {
  return (
    plan.serverContainers?.[host.logicalName] ??
    planServerContainer(serverContainer(plan.stage, plan.siteName, host))
  );
}

/** The mark of what the site's transform has changed of a server; undefined where nothing is. */
export function settingsOf(plan: Plan, host: HostPlan): string | undefined {
  const wanted = plan.serverContainers?.[host.logicalName];
  if (wanted === undefined) return undefined;
  const own = planServerContainer(serverContainer(plan.stage, plan.siteName, host));
  // Only the differences: a later release that knows more settings must not replace servers.
  const changed = Object.entries(wanted).filter(
    ([field, value]) => !sameValue(value, own[field as keyof ServerContainerPlan]),
  );
  return createHash("sha256").update(canonical(changed)).digest("hex").slice(0, 12);
}
