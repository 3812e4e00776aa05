import { runCommand } from "./command";
import { RehearsalError } from "./rehearsal-error";

/** How long the Docker Engine may take for its answer, seconds. */
const answerSeconds = 30;

/**
 * Networks for the public addresses of rehearsals, each of which one rehearsal takes: those for
 * measurements (RFC 2544), which nobody in the internet has. The ones for documentation (RFC 5737)
 * are left alone: some networks use them, and a rehearsal would hide what is there.
 */
export const publicRanges: readonly string[] = Array.from(
  { length: 32 },
  (_, index) => `198.18.${index}.0/24`,
);

/** The computer's own address in a network for public addresses. */
export function computerIn(range: string): string {
  return range.replace(/0\/24$/, "1");
}

/**
 * The network of a rehearsal's public addresses. It is made at once, since its existence keeps
 * other rehearsals from the same addresses.
 *
 * @returns its range in the form `198.18.0.0/24`
 * @throws RehearsalError when all ranges are taken, or Docker fails
 */
export async function ensurePublicNetwork(id: string): Promise<string> {
  const name = `hive-rehearsal-${id}-public`;
  const known = await docker("network", "ls", "--quiet", "--filter", `name=^${name}$`);
  if (known !== "") {
    return docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", name);
  }
  for (const range of publicRanges) {
    try {
      await docker(
        ...["network", "create", "--subnet", range, "--gateway", computerIn(range)],
        ...["--label", `hive.rehearsal=${id}`, "--label", "hive.rehearsal.kind=public"],
        // Masquerading would also meet what a router sends on into its VPC, where bridged frames
        // pass iptables.
        ...["--opt", "com.docker.network.bridge.enable_ip_masquerade=false", name],
      );
      return range;
    } catch (error) {
      if (!/overlaps/.test(String(error))) throw error;
    }
  }
  throw new RehearsalError(
    `All networks for public addresses of rehearsals are taken (${publicRanges[0]} and others). Clean up rehearsals that you no longer need; docker network ls shows their networks.`,
  );
}

function docker(...args: readonly string[]): Promise<string> {
  return runCommand("docker", args, { seconds: answerSeconds });
}
