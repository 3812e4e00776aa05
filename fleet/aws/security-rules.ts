import type { Plan, PortPlan } from "../../model/plan";
import { compareText } from "../../model/values/text-order";

/** A rule of a security group that lets connections in. */
export interface IngressRule {
  /** Stable name in the resource tree, e.g. `tcp-443`. */
  readonly name: string;
  /** The group: `hosts` is that of all servers, `published` that of the cluster servers. */
  readonly group: "hosts" | "published";
  /**
   * As EC2 writes it: `tcp`, `udp`, a number of the protocol, or `-1` for all.
   */
  readonly protocol: string;
  /** Absent: the protocol has no ports, as far as EC2 knows. */
  readonly port?: number;
  /** Where connections come from: an IPv4 network, or the members of the group `hosts`. */
  readonly source: { readonly cidr: string } | "hosts";
  /** What it is for. */
  readonly description: string;
}

/** EC2 knows SCTP by its number only, and filters none of its ports. */
const sctp = "132";

/**
 * What security groups let in: SSH from operators' networks, the published ports of services from
 * everywhere, and everything among servers, whose own firewall says what of it is open.
 */
export function ingressRules(plan: Pick<Plan, "services" | "ssh" | "aws">): readonly IngressRule[] {
  const ssh = (plan.aws?.sshSources ?? []).map((cidr): IngressRule => {
    return {
      name: `ssh-${cidr.replace("/", "-")}`,
      group: "hosts",
      protocol: "tcp",
      port: plan.ssh.port,
      source: { cidr },
      description: `SSH for operators from ${cidr}`,
    };
  });
  return [
    ...ssh,
    {
      name: "among-hosts",
      group: "hosts",
      protocol: "-1",
      source: "hosts",
      description: "All among the servers - each filters with its own firewall",
    },
    ...publishedRules(plan),
  ];
}

/** A rule for each port that a service publishes. */
function publishedRules({ services }: Pick<Plan, "services">): readonly IngressRule[] {
  const users = new Map<string, { readonly port: PortPlan; readonly services: string[] }>();
  for (const { name, ports } of services) {
    for (const port of ports) {
      const key = port.protocol === "sctp" ? "sctp" : `${port.protocol}-${port.published}`;
      const known = users.get(key);
      if (known === undefined) users.set(key, { port, services: [name] });
      else if (!known.services.includes(name)) known.services.push(name);
    }
  }
  return [...users]
    .sort(([left], [right]) => compareText(left, right))
    .map(([name, { port, services: all }]): IngressRule => {
      const { protocol, published } = port;
      const isSctp = protocol === "sctp";
      return {
        name,
        group: "published",
        protocol: isSctp ? sctp : protocol,
        ...(isSctp ? {} : { port: published }),
        source: { cidr: "0.0.0.0/0" },
        // EC2 takes 255 letters.
        description: (isSctp
          ? `SCTP of ${all.join(", ")} - EC2 does not tell its ports apart`
          : `Port ${published}/${protocol} of ${all.join(", ")}`
        ).slice(0, 255),
      };
    });
}
