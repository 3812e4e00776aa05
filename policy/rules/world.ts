import { types } from "../resource-types";
import { known, type Target, valueAt } from "../rule";

/** What a security group lets everybody in to. */
export interface Opening {
  /** URN of the resource that says so. */
  readonly urn: string;
  /** The network that counts as everybody: `0.0.0.0/0`. */
  readonly source: string;
  /** As EC2 writes it: `tcp`, `udp`, a number of the protocol, or `-1` for all. */
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
}

/** Smaller prefixes are the world: two rules of /1 are everybody, and nobody's network is a /7. */
const leastPrefix = { ipv4: 8, ipv6: 16 };

/** Everything that the security groups of a stack open to the world. */
export function openingsToWorld(targets: readonly Target[]): readonly Opening[] {
  // A group says of itself what it lets in, or rules of their own do: never both.
  const withRules = new Set(
    targets.filter(({ type }) => ruleTypes.has(type)).flatMap(({ dependencies }) => dependencies),
  );
  return targets.flatMap((target): readonly Opening[] => {
    const { type, props, urn } = target;
    if (type === types.ingressRule)
      return openings(urn, props, [props["cidrIpv4"], props["cidrIpv6"]]);
    if (type === types.groupRule)
      return props["type"] === "ingress" ? openings(urn, props, blocksOf(props)) : [];
    if (type !== types.group || withRules.has(urn)) return [];
    // A preview knows it where the program says it, and not where the provider fills it in.
    const rules = known(() => props["ingress"]);
    return listOf(rules).flatMap((rule) => openings(urn, rule, blocksOf(rule)));
  });
}

/** Whether an opening is for a protocol, `tcp` or `udp`. */
export function isFor({ protocol }: Opening, wanted: "tcp" | "udp"): boolean {
  return isForAll(protocol) || protocol === wanted || protocol === numbers[wanted];
}

const numbers = { tcp: "6", udp: "17" };
const ruleTypes = new Set<string>([types.ingressRule, types.egressRule, types.groupRule]);

function isForAll(protocol: string): boolean {
  return protocol === "-1" || protocol === "all";
}

/** A rule's openings, one for each of its networks that is the world. */
function openings(urn: string, rule: unknown, sources: readonly unknown[]): readonly Opening[] {
  const protocol = String(valueAt(rule, "ipProtocol") ?? valueAt(rule, "protocol"));
  const [first, last] = portRange(rule, protocol);
  return sources.flatMap((source) =>
    typeof source === "string" && isWorld(source) ? [{ urn, source, protocol, first, last }] : [],
  );
}

function isWorld(network: string): boolean {
  const [address = "", prefix] = network.split("/");
  return Number(prefix ?? 128) < (address.includes(":") ? leastPrefix.ipv6 : leastPrefix.ipv4);
}

/** The ports of a rule; all of them if it has no range. */
function portRange(rule: unknown, protocol: string): readonly [first: number, last: number] {
  const [first, last] = [valueAt(rule, "fromPort"), valueAt(rule, "toPort")];
  // Rules for all protocols have no ports, which a group writes as 0.
  if (isForAll(protocol) || typeof first !== "number" || first < 0) return [0, 65_535];
  return [first, typeof last === "number" ? last : first];
}

function blocksOf(rule: unknown): readonly unknown[] {
  return [...listOf(valueAt(rule, "cidrBlocks")), ...listOf(valueAt(rule, "ipv6CidrBlocks"))];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
