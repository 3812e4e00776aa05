import { types } from "../resource-types";
import { type Rule, type Target, valueAt } from "../rule";
import { isFor, isOpenToWorld, portRange } from "./world";

/** Ports that a site serves whatever its services are: DNS. HTTP and HTTPS are services' ports. */
const always = ["tcp/53", "udp/53"];

/** Only ports that a service publishes are open to the world. */
export const worldOpenPorts: Rule = {
  id: "world-open-ports",
  severity: "high",
  enforcement: "mandatory",
  why: "A port that nothing serves today is what tomorrow's forgotten program answers on.",
  remedy: "Remove the rule, or let a service publish the port (`ports` in site/services).",
  faults: (targets) => {
    const declared = new Set([...always, ...targets.flatMap(publishedPorts)]);
    return targets
      .filter((target) => target.type === types.ingressRule && isOpenToWorld(target))
      .flatMap((target) => undeclared(target, declared).map((text) => ({ text, urn: target.urn })));
  },
};

function undeclared(target: Target, declared: ReadonlySet<string>): readonly string[] {
  const [first, last] = portRange(target);
  if (last - first > 100) return [`It opens the ports ${first} to ${last} to everybody.`];
  const protocols = ["tcp", "udp"].filter((protocol) => isFor(target, protocol));
  const ports = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return protocols
    .flatMap((protocol) => ports.map((port) => `${protocol}/${port}`))
    .filter((port) => !declared.has(port))
    .map((port) => `It opens ${port} to everybody, and no service publishes it.`);
}

function publishedPorts({ type, props }: Target): readonly string[] {
  const ports = props["ports"];
  if (type !== types.service || !Array.isArray(ports)) return [];
  return ports.map(
    (port) => `${String(valueAt(port, "protocol"))}/${String(valueAt(port, "published"))}`,
  );
}
