import { needsIpvs, withoutIpvs } from "../../model/service/ipvs";
import type { ServiceSpec } from "../../model/service/spec";
import { toEngineSpec } from "../../model/service/to-engine";
import { reportWarning } from "../progress/progress-line";
import { runCommand } from "../transport/command";
import { isTransportError } from "../transport/errors";
import type { HostAccess } from "../transport/host-access";
import { findManager } from "../transport/manager";

/** Time for a host to answer, seconds. */
const seconds = 10;

/**
 * Warns when nobody can reach a service because its virtual address, or the routing mesh of its
 * ports, does not work: both need IPVS (Moby, `libnetwork/service_linux.go`). A Docker Engine loads
 * the module when it joins a Swarm, and without it everything looks well. Without a reachable host
 * it reports nothing.
 */
export async function warnWithoutIpvs(
  managers: readonly HostAccess[],
  spec: ServiceSpec,
): Promise<void> {
  if (!needsIpvs(toEngineSpec(spec))) return;
  try {
    const host = await findManager(managers, AbortSignal.timeout(seconds * 1000));
    const { code } = await runCommand(host, "test -e /proc/net/ip_vs", {
      deadlineSeconds: seconds,
    });
    if (code !== 1) return;
    reportWarning(withoutIpvs([spec.name]));
  } catch (error) {
    if (!isTransportError(error) && !isTimeout(error)) throw error;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}
