import { firstAccess } from "../fleet/first-access";
import type { FleetRecovery } from "../fleet/recovery";
import type { Plan } from "../model/plan";
import { ipvsTest, willNeedIpvs, withoutIpvs } from "../model/service/ipvs";
import { runCommand } from "../providers/transport/command";
import type { HostAccess } from "../providers/transport/host-access";
import { closeIdleConnections } from "../providers/transport/pool";
import type { StateResource } from "./pulumi/state";

/** Time for a server to answer, seconds. */
const seconds = 5;

type Known = Pick<StateResource, "type" | "outputs">;

/** The services of a plan that no client reaches without IPVS, by name. */
export function servicesWithIpvs({ services }: Pick<Plan, "services">): readonly string[] {
  return services.filter(willNeedIpvs).map(({ name }) => name);
}

/**
 * The warnings that providers give for such services: a run with `hive` has said it before, and its
 * judgement says it again.
 */
export function ipvsWarnings(plan: Pick<Plan, "services">): readonly string[] {
  return servicesWithIpvs(plan).map((name) => withoutIpvs([name]));
}

/**
 * What to say before a run builds services that nobody will reach; undefined when there are none,
 * or when the servers' kernel is not known.
 *
 * @param fleet of the stage, if it is on this computer
 */
export async function missingIpvs(
  plan: Pick<Plan, "services" | "phases">,
  fleet: Pick<FleetRecovery, "hasIpvs"> | undefined,
): Promise<string | undefined> {
  const names = servicesWithIpvs(plan);
  if (names.length === 0 || !plan.phases.includes("deploy-services")) return undefined;
  return (await fleet?.hasIpvs()) === false ? withoutIpvs(names) : undefined;
}

/**
 * The same for servers that are not on this computer: asks those that the stage has already, or
 * else those that it is to have. Never throws; servers that do not answer are reported by the run.
 */
export async function missingIpvsOnServers(
  plan: Plan,
  resources: readonly Known[],
): Promise<string | undefined> {
  const names = servicesWithIpvs(plan);
  if (names.length === 0 || !plan.phases.includes("deploy-services")) return undefined;
  const known = knownManagers(resources);
  const servers = known.length > 0 ? known : firstAccess(plan);
  try {
    // One kernel is enough: a cluster of different ones is judged after the run.
    const code = await Promise.any(servers.map(askForIpvs));
    return code === 1 ? withoutIpvs(names) : undefined;
  } catch {
    return undefined;
  } finally {
    closeIdleConnections();
  }
}

async function askForIpvs(host: HostAccess): Promise<number> {
  const { code } = await runCommand(host, ipvsTest, {
    deadlineSeconds: seconds,
    dialSeconds: seconds,
  });
  if (code > 1) throw new Error(`The server ${host.name} does not know.`);
  return code;
}

/** The cluster servers that the last run has set up. */
function knownManagers(resources: readonly Known[]): readonly HostAccess[] {
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  const { access = [], hosts = [] } = stack as {
    readonly access?: readonly HostAccess[];
    readonly hosts?: readonly { readonly name: string; readonly role: string }[];
  };
  return access.filter(({ name }) =>
    hosts.some((host) => host.name === name && host.role === "cluster"),
  );
}
