import { createHash } from "node:crypto";
import type { HostPlan, Plan } from "../../model/plan";
import {
  planServerContainer,
  serverContainer,
  type ServerContainerPlan,
} from "../../model/server-container";

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
  const changed = plan.serverContainers?.[host.logicalName];
  return changed === undefined
    ? undefined
    : createHash("sha256").update(JSON.stringify(changed)).digest("hex").slice(0, 12);
}
