import { needsIpvs } from "../../model/service/ipvs";
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
 * Tells the user when nobody can reach a service because its virtual address, or the routing mesh
 * that its ports are published in, has nothing to stand on: both are IPVS's work (Moby,
 * `libnetwork/service_linux.go`), an engine loads the module when it joins a Swarm, and without it
 * everything looks well. Where no host can be asked, nothing is said.
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
    reportWarning(
      `the service ${spec.name} is reached by a virtual address or through the routing mesh, and the kernel of ${host.name} has no IPVS: nobody will reach it.\n` +
        'Load the module ip_vs on the servers; or give the service endpointMode: "dnsrr", and its ports mode: "host".',
    );
  } catch (error) {
    if (!isTransportError(error) && !isTimeout(error)) throw error;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}
