import {
  type Cidr,
  contains,
  formatAddress,
  overlaps,
  parseAddress,
  parseCidr,
  cidrSize,
} from "../network/addresses";
import type { Network } from "../inventory";
import type { Problem } from "../problem/problems";
import { sitePath } from "../schema/check-site";
import { dockerBridges, stageFile } from "../stage/check-stage";
import type { RuleInput } from "./rule";

/**
 * Address ranges that no container network can use: this network, loopback, link-local, multicast
 * and reserved.
 */
const unusable = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];

/** Smallest subnet with room for gateway, service address and tasks. */
const smallestSubnet = 28;

/** Subnets are large enough, overlap nothing else, and contain their gateways. */
export function networkProblems(input: RuleInput): readonly Problem[] {
  const subnets = [...input.site.networks].flatMap(([name, network]) =>
    network.subnet === undefined
      ? []
      : [{ name, text: network.subnet, cidr: parseCidr(network.subnet) }],
  );
  return [
    ...subnets.flatMap((subnet, index) => [
      ...sizeProblems(subnet),
      ...overlapProblems(subnet, subnets.slice(0, index), input),
    ]),
    ...[...input.site.networks].flatMap(([name, network]) => gatewayProblems(name, network)),
  ];
}

interface Subnet {
  readonly name: string;
  readonly text: string;
  readonly cidr: Cidr;
}

function subnetPath(name: string): string {
  return sitePath(["networks", name, "subnet"]);
}

function sizeProblems({ name, text, cidr }: Subnet): readonly Problem[] {
  if (cidr.prefix <= smallestSubnet) return [];
  return [
    {
      path: subnetPath(name),
      value: text,
      message: `has ${cidrSize(cidr)} addresses: too few for a gateway, one for each service and one for each task`,
      remedy: `write at least a /${smallestSubnet}, better a /24`,
    },
  ];
}

function overlapProblems(
  { name, text, cidr }: Subnet,
  before: readonly Subnet[],
  { stage, config }: RuleInput,
): readonly Problem[] {
  const taken = [
    ...before.map((other) => ({
      cidr: other.cidr,
      message: `overlaps ${other.text}, the subnet of the network ${other.name}`,
    })),
    ...(config.cidr === undefined
      ? []
      : [
          {
            cidr: parseCidr(config.cidr),
            message: `overlaps ${stageFile(stage)}: hive:cidr (${config.cidr}): containers could not reach the servers`,
          },
        ]),
    ...(config.overlayPool === undefined
      ? []
      : [
          {
            cidr: parseCidr(config.overlayPool),
            message:
              `lies in ${stageFile(stage)}: hive:overlayPool (${config.overlayPool}), from which the Swarm gives a part to ` +
              "each network without a subnet: whether it is still free would depend on the order in which networks are created",
          },
        ]),
    {
      cidr: parseCidr(dockerBridges),
      message: `overlaps ${dockerBridges}, which the Docker Engine of every server uses for its bridges (docker0, docker_gwbridge)`,
    },
    ...unusable.map((range) => ({
      cidr: parseCidr(range),
      message: `overlaps ${range}, which container networks cannot use`,
    })),
  ];
  return taken
    .filter((other) => overlaps(cidr, other.cidr))
    .map(({ message }) => ({
      path: subnetPath(name),
      value: text,
      message,
      remedy:
        "write a private network that is used for nothing else, e.g. 10.96.0.0/24; or leave it out",
    }));
}

function gatewayProblems(name: string, { subnet, gateway }: Network): readonly Problem[] {
  if (gateway === undefined) return [];
  const path = sitePath(["networks", name, "gateway"]);
  if (subnet === undefined) {
    return [
      {
        path,
        value: gateway,
        message: "is an address inside a subnet, but there is no subnet",
        remedy: "write the subnet too, or remove it",
      },
    ];
  }
  const cidr = parseCidr(subnet);
  const address = parseAddress(gateway) ?? 0;
  const last = cidr.network + cidrSize(cidr) - 1;
  if (contains(cidr, address) && address !== cidr.network && address !== last) return [];
  return [
    {
      path,
      value: gateway,
      message: `is not a valid address for a gateway in ${subnet}`,
      remedy: `write an address from ${formatAddress(cidr.network + 1)} to ${formatAddress(last - 1)}, or leave it out`,
    },
  ];
}
