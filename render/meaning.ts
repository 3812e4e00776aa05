import { createHash } from "node:crypto";

import type { GatePlan } from "../model/gate";
import type { HostPlan, OperatorPlan, Plan } from "../model/plan";
import { engineNeeds, renderDaemonJson, renderDockerDropIn } from "./daemon-json";
import { type FirewallPort, firewallRules } from "./firewall";
import { gateConfig } from "./gate";
import { packageUpgrade } from "./package-upgrade";

/**
 * What a converge step means for its host, one line for each thing that a reviewer wants to see
 * change. A preview prints it in place of the step's text. Things that a host does not have are
 * absent.
 */
export type StepMeaning = Readonly<Record<string, string>>;

/** Who may log in: each operator's name and the beginning of the key's fingerprint. */
export function operatorsText(operators: readonly OperatorPlan[]): string {
  return operators.map(({ name, publicKey }) => `${name} ${fingerprint(publicKey)}`).join(", ");
}

/** The disks that were made for volumes. */
export function disksText(disks: Readonly<Record<string, string>>): string {
  return Object.entries(disks)
    .map(([volume, device]) => `${volume} ${device}`)
    .join(", ");
}

/** The meaning of the base step and the firewall, besides the operators: who reaches what. */
export function baseMeaning(plan: Plan, host: HostPlan): StepMeaning {
  const rules = firewallRules(plan, host);
  const restricted = rules.restrictedPorts.map(
    (port) => `${portText(port)} for ${port.sources.join(", ")}`,
  );
  const isOpen = rules.publicPorts.length > 0;
  return present({
    siteAddresses: rules.siteAddresses,
    sshPorts: [...new Set(rules.sshPorts)].map(String),
    sshFrom: rules.managementSources,
    swarmMembers: rules.swarmAddresses,
    openPorts: rules.publicPorts.map(portText),
    restrictedPorts: restricted,
    // Elsewhere they are the same as the open ones.
    portsForContainers: isOpen ? [] : rules.publishedPorts.map(portText),
    devices: Object.entries(host.devices ?? {}).map(([volume, device]) => `${volume} ${device}`),
  });
}

/** The meaning of the step for the Docker Engine, besides the authority that it trusts. */
export function engineMeaning(plan: Plan, host: HostPlan): StepMeaning {
  return present({
    registry: [plan.registry.address],
    // Other settings restart the Docker Engine.
    dockerSettingsHash: [
      shortHash(renderDaemonJson(engineNeeds(plan, host)) + renderDockerDropIn()),
    ],
    packagesUpgraded: packageUpgrade(plan) === undefined ? [] : [plan.updated ?? ""],
  });
}

/** The meaning of the gate's step: which address leads to which service. */
export function gateMeaning(gate: GatePlan): StepMeaning {
  return present({
    routes: gate.routes.map(
      ({ host = "", path, service, port, login }) =>
        `${host}${path} to ${service}:${port}${login ? " after login" : ""}`,
    ),
    plainHttp: gate.secure ? ["leads to HTTPS"] : [],
    gateConfigHash: [gateConfig(gate).release],
  });
}

function portText({ port, protocol }: FirewallPort): string {
  return `${port}/${protocol}`;
}

/** As `ssh-keygen -l` prints it, cut to what the eye compares. */
function fingerprint(publicKey: string): string {
  const [, blob = ""] = publicKey.trim().split(/\s+/);
  const digest = createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64");
  return `SHA256:${digest.slice(0, 12)}`;
}

/** Hash of a text that is too long for a line, 12 hex digits. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function present(meaning: Readonly<Record<string, readonly string[]>>): StepMeaning {
  const lists = Object.entries(meaning).filter(([, list]) => list.length > 0);
  return Object.fromEntries(lists.map(([name, list]) => [name, list.join(", ")]));
}
