import type { HostPlan, Plan } from "../../model/plan";
import type { HostAccess } from "../../providers/transport/host-access";
import type { PreparedServer } from "./options";

/** How a server is reached as soon as it has its admin user. */
export function accessOf(
  plan: Pick<Plan, "ssh" | "stage">,
  host: HostPlan,
  server: PreparedServer,
): HostAccess {
  return {
    name: host.name,
    address: server.address,
    port: server.port ?? plan.ssh.port,
    user: plan.ssh.user,
    hostKey: pinned(server.hostKey),
    stage: plan.stage,
  };
}

/** Type and key, without the comment. */
function pinned(hostKey: string): string {
  return hostKey.trim().split(/\s+/).slice(0, 2).join(" ");
}
