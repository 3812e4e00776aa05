import { type Target, valueAt } from "../rule";

/** Whether a rule of a security group lets everybody in. */
export function isOpenToWorld({ props }: Target): boolean {
  return props["cidrIpv4"] === "0.0.0.0/0" || props["cidrIpv6"] === "::/0";
}

/** The ports of a security group's rule; all of them if the rule has no range. */
export function portRange({ props }: Target): readonly [first: number, last: number] {
  const [first, last] = [valueAt(props, "fromPort"), valueAt(props, "toPort")];
  if (typeof first !== "number" || first < 0) return [0, 65_535];
  return [first, typeof last === "number" ? last : first];
}

/** Whether a security group's rule is for a protocol, `tcp` or `udp`; `-1` is for all. */
export function isFor({ props }: Target, protocol: string): boolean {
  return props["ipProtocol"] === protocol || props["ipProtocol"] === "-1";
}
