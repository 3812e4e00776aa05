import type { Plan } from "../model/plan";
import type { HostAccess } from "../providers/transport/host-access";
import { accessOf } from "./prepared/access";

/**
 * How the cluster servers of a stage are reached before their first contact; empty where hive
 * creates the servers. Those that need a password then are left out. Pure.
 */
export function firstAccess(
  plan: Pick<Plan, "hosts" | "prepared" | "oneTimePasswords" | "ssh" | "stage">,
): readonly HostAccess[] {
  return plan.hosts.flatMap((host) => {
    const server = plan.prepared?.hosts[host.logicalName];
    const needsPassword = plan.oneTimePasswords?.includes(host.logicalName) === true;
    if (server === undefined || host.role !== "cluster" || needsPassword) return [];
    return [{ ...accessOf(plan, host, server), user: server.user }];
  });
}
