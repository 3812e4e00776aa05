import { BlockList, isIPv4 } from "node:net";
import type { AuditFacts, OpenPort, ServerFacts } from "./facts";
import type { Finding } from "./finding";
import { ofServers } from "./of-servers";

/** Names of ports that are worse than others. */
const known: Readonly<Record<number, string>> = {
  2375: " (the Docker Engine without TLS: whoever reaches it is root)",
  2376: " (the Docker Engine)",
  2377: " (managers of the Swarm)",
  5000: " (the registry)",
  7946: " (gossip of the Swarm)",
};

/** Ports that are asked in any case, whatever a server says of itself. */
export const alwaysAsked: readonly number[] = Object.keys(known).map(Number);

/**
 * Ports that answer although nothing declares them: from this computer, and from a container.
 */
export function judgePorts(facts: AuditFacts): readonly Finding[] {
  const { stage, wanted } = facts;
  const repair = `\`npx hive up --stack ${stage} --refresh\` loads the firewall again`;
  return ofServers(facts, (probe, server, ssh) => [
    ...(server.open ?? [])
      .filter((open) => !isDeclared(open, server, wanted))
      .map(({ port }) => ({
        id: "port-open" as const,
        severity: "high" as const,
        what: `TCP port ${port}${known[port] ?? ""} answers this computer, and the stage does not declare it.`,
        remedy: `${repair}; \`${ssh} sudo ss -ltnp sport = :${port}\` shows who listens.`,
      })),
    ...reached(server, wanted).map((targets) => ({
      id: "port-from-container" as const,
      severity: "high" as const,
      what: `A container on it reaches what is for servers and operators: ${targets}.`,
      remedy: `${repair}.`,
    })),
  ]);
}

/** What a container reaches and must not, as one text; none: nothing. */
function reached(
  { openToContainers = [] }: ServerFacts,
  { publishedPorts }: AuditFacts["wanted"],
): readonly string[] {
  const wrong = openToContainers.flatMap((target) => {
    const port = Number(target.split(":")[1]);
    return publishedPorts.includes(port) ? [] : [`${target}${known[port] ?? ""}`];
  });
  return wrong.length === 0 ? [] : [wrong.join(", ")];
}

function isDeclared(
  { port, from }: OpenPort,
  { role, port: dialled }: ServerFacts,
  { publishedPorts, registryPort, plan }: AuditFacts["wanted"],
): boolean {
  if (port === dialled || port === plan?.sshPort) return true;
  if (role === "cluster") return publishedPorts.includes(port);
  return port === registryPort && (plan === undefined || isWithin(from, plan.network));
}

/** Whether an address is in an IPv4 network. @param cidr e.g. `172.29.16.0/24` */
function isWithin(address: string, cidr: string): boolean {
  const [network = "", bits] = cidr.split("/");
  const plain = address.replace(/^::ffff:/, "");
  if (!isIPv4(plain) || !isIPv4(network)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits));
  return list.check(plain);
}
