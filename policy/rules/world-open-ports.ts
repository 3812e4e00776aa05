import { types } from "../resource-types";
import { type Rule, type Target, valueAt } from "../rule";
import { isFor, type Opening, openingsToWorld } from "./world";

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
    return openingsToWorld(targets).flatMap((opening) =>
      undeclared(opening, declared).map((text) => ({ text, urn: opening.urn })),
    );
  },
};

function undeclared(opening: Opening, declared: ReadonlySet<string>): readonly string[] {
  const { first, last, source } = opening;
  const all = `everybody (${source})`;
  if (last - first > 100) return [`It opens the ports ${first} to ${last} to ${all}.`];
  const protocols = (["tcp", "udp"] as const).filter((protocol) => isFor(opening, protocol));
  const ports = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return protocols
    .flatMap((protocol) => ports.map((port) => `${protocol}/${port}`))
    .filter((port) => !declared.has(port))
    .map((port) => `It opens ${port} to ${all}, and no service publishes it.`);
}

function publishedPorts({ type, props }: Target): readonly string[] {
  const ports = props["ports"];
  if (type !== types.service || !Array.isArray(ports)) return [];
  return ports.map(
    (port) => `${String(valueAt(port, "protocol"))}/${String(valueAt(port, "published"))}`,
  );
}
