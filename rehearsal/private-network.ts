import { cidrFault, overlaps, parseCidr } from "../model/network/addresses";
import { runCommand } from "./command";
import { RehearsalError } from "./rehearsal-error";

/** A network of this computer's Docker Engine. */
export interface DockerNetwork {
  readonly name: string;
  /** Its ranges, IPv4 and IPv6. */
  readonly cidrs: readonly string[];
  /** The id of the rehearsal that it belongs to; absent: it is something else's. */
  readonly rehearsal?: string;
}

/** How long the Docker Engine may take to answer, seconds. */
const answerSeconds = 30;

/**
 * Refuses a stage whose network is in use on this computer: its servers would never be there. Pure.
 *
 * @param id of the rehearsal
 * @param cidr the stage's network
 * @throws RehearsalError with the network that is in the way, and what to do
 */
export function requireFreeNetwork(
  id: string,
  cidr: string,
  networks: readonly DockerNetwork[],
): void {
  const wanted = parseCidr(cidr);
  for (const { name, cidrs, rehearsal } of networks) {
    if (rehearsal === id) continue;
    const meeting = cidrs.find(
      (text) => cidrFault(text) === undefined && overlaps(parseCidr(text), wanted),
    );
    if (meeting === undefined) continue;
    const other =
      rehearsal === undefined
        ? `if nothing uses it, remove it: docker network rm ${name}`
        : `it is of the rehearsal ${rehearsal}, perhaps in another copy of the project: end that one there, with hive rehearse --clean`;
    throw new RehearsalError(
      `hive:cidr ${cidr}: the Docker network ${name} (${meeting}) of this computer overlaps it, and nothing was started. ` +
        `Give one of them another network; or, ${other}.`,
    );
  }
}

/** The networks of this computer's Docker Engine. */
export async function dockerNetworks(): Promise<readonly DockerNetwork[]> {
  const ids = await docker("network", "ls", "--quiet", "--filter", "driver=bridge");
  if (ids === "") return [];
  const text = await docker("network", "inspect", ...ids.split("\n"));
  const found = JSON.parse(text) as readonly {
    readonly Name: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null };
  }[];
  return found.map(({ Name: name, Labels: labels, IPAM: ipam }) => {
    const rehearsal = labels?.["hive.rehearsal"];
    return {
      name,
      cidrs: (ipam?.Config ?? []).flatMap(({ Subnet: subnet }) => subnet ?? []),
      ...(rehearsal === undefined ? {} : { rehearsal }),
    };
  });
}

function docker(...args: readonly string[]): Promise<string> {
  return runCommand("docker", args, { seconds: answerSeconds });
}
