import { phases } from "./phases";
import type { Plan, PortPlan, ServicePlan } from "./plan";

/**
 * A plan as text for a terminal: servers, settings, images, services with their ports, phases. Values of environment
 * variables and build arguments are left out. Plain ASCII columns, ends without a newline.
 */
export function planTable(plan: Plan): string {
  const cluster = plan.hosts.filter((host) => host.role === "cluster").length;
  return [
    `${plan.siteName}, stage ${plan.stage}: ${cluster} cluster servers and a repository server (${plan.fleet} fleet)`,
    hostTable(plan),
    settingsTable(plan),
    imageTable(plan),
    serviceTable(plan),
    phaseLines(plan),
  ].join("\n\n");
}

function hostTable(plan: Plan): string {
  return table(
    ["SERVER", "ROLE", "ZONE", "ADDRESS"],
    plan.hosts.map((host) => [host.name, host.role, host.zone, host.privateAddress]),
  );
}

function settingsTable(plan: Plan): string {
  const { ssh, swarm } = plan;
  const rows = [
    ["network", `${plan.network.cidr}, gateway ${plan.network.gateway}`],
    ["service networks", `a /24 each of ${plan.network.overlayPool}`],
    ["login", `${ssh.user}, port ${ssh.port}, key ${ssh.privateKeyFile}`],
    ["registry", plan.registry.address],
    [
      "swarm",
      `heartbeat ${swarm.heartbeatSeconds} s, ${swarm.taskHistoryLimit} finished tasks kept`,
    ],
  ];
  if (plan.container !== undefined) {
    const { access, loopbackPortBase } = plan.container;
    const ports = access === "direct" ? "" : `, loopback ports from ${loopbackPortBase}`;
    rows.push(["access", `${access}${ports}`]);
  }
  return table(["SETTING", "VALUE"], rows);
}

function imageTable(plan: Plan): string {
  if (plan.images.length === 0) return "No images are built.";
  return table(
    ["IMAGE", "BUILT FROM", "PUSHED TO"],
    plan.images.map((image) => [image.name, image.context, image.repository]),
  );
}

function serviceTable(plan: Plan): string {
  if (plan.services.length === 0) return "No services run on this stage.";
  return table(
    ["SERVICE", "IMAGE", "TASKS", "PORTS"],
    plan.services.map((service) => [
      service.name,
      service.image.kind === "build" ? service.image.image : service.image.reference,
      tasksText(service),
      service.ports.length === 0 ? "-" : service.ports.map(portText).join(", "),
    ]),
  );
}

function tasksText(service: ServicePlan): string {
  const { mode } = service;
  if (mode.kind === "global") return "one per server";
  if (mode.kind === "replicated") return String(mode.replicas);
  return mode.schedule === undefined ? "job, at each change" : `job at ${mode.schedule}`;
}

function portText(port: PortPlan): string {
  const mapping =
    port.published === port.target ? port.published : `${port.published}:${port.target}`;
  return `${mapping}/${port.protocol} ${port.mode}`;
}

function phaseLines(plan: Plan): string {
  const steps = plan.phases.map((phase, index) => `  ${index + 1}. ${phase}`);
  const left = phases.length - plan.phases.length;
  return [
    "PHASES",
    ...steps,
    ...(left === 0 ? [] : [`  (the ${left} after it are left out by hive:throughPhase)`]),
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
