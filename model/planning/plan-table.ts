import { phases } from "../phases";
import type { MountPlan, Plan, PortPlan, SecretPlan, ServicePlan, VolumePlan } from "../plan";
import { pathAtAddress } from "../service/routes";
import { contentText } from "../stage-values";
import { sizeText } from "../values/size";

/**
 * A plan as text for a terminal: servers, settings, images, networks, volumes, secrets and configs
 * by name, services with their ports, mounts and dependencies, phases, and last the requests that
 * cannot be fulfilled. Values of environment variables, build arguments and options are omitted.
 * Plain columns, without a final newline.
 */
export function planTable(plan: Plan): string {
  const cluster = plan.hosts.filter((host) => host.role === "cluster").length;
  return [
    `${plan.siteName}, stage ${plan.stage}: ${cluster} cluster servers and a repository server (${plan.fleet} fleet)`,
    hostTable(plan),
    settingsTable(plan),
    ...valueTable(plan),
    imageTable(plan),
    ...networkTable(plan),
    ...volumeTable(plan),
    ...fileTable(plan),
    ...externalTable(plan),
    serviceTable(plan),
    ...mountTable(plan),
    ...routeTable(plan),
    phaseLines(plan),
    ...noticeLines(plan),
  ].join("\n\n");
}

function hostTable(plan: Plan): string {
  const isLabelled = plan.hosts.some(({ labels }) => Object.keys(labels).length > 0);
  return table(
    ["SERVER", "ROLE", "ZONE", "ADDRESS", ...(isLabelled ? ["LABELS"] : [])],
    plan.hosts.map((host) => [
      host.name,
      host.role,
      host.zone,
      host.privateAddress,
      ...(isLabelled ? [labelsText(host.labels)] : []),
    ]),
  );
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return listText(Object.entries(labels).map(([label, value]) => `${label}=${value}`));
}

function settingsTable(plan: Plan): string {
  const { ssh, swarm } = plan;
  const rows = [
    ["network", `${plan.network.cidr}, gateway ${plan.network.gateway}`],
    [
      "service networks",
      `a /24 each of ${plan.network.overlayPool}, ${plan.traits.encryptsNetworks ? "encrypted" : "not encrypted"} between servers`,
    ],
    ["login", `${ssh.user}, port ${ssh.port}`],
    [
      "operators",
      ssh.operators.length === 0
        ? "whoever has the stage's generated key"
        : ssh.operators.map(({ name }) => name).join(", "),
    ],
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

function valueTable(plan: Plan): readonly string[] {
  if (plan.values.length === 0) return [];
  return [
    table(
      ["VALUE", "IS", "COMES FROM", "FOR"],
      plan.values.map(({ name, content, source, description }) => [
        name,
        contentText(content),
        source === "stage" ? "hive:values" : "the site's default",
        description,
      ]),
    ),
  ];
}

function imageTable(plan: Plan): string {
  if (plan.images.length === 0) return "No images are built.";
  return table(
    ["IMAGE", "BUILT FROM", "PUSHED TO"],
    plan.images.map((image) =>
      image.pullFrom === undefined
        ? [image.name, image.context, image.repository]
        : [image.name, `pulled: ${shortReference(image.pullFrom)}`, "-"],
    ),
  );
}

// Kinds of objects that the site does not use have no table.

function networkTable(plan: Plan): readonly string[] {
  if (plan.overlays.length === 0) return [];
  return [
    table(
      ["NETWORK", "NAME IN THE SWARM", "DRIVER", "SUBNET", "INTERNET"],
      plan.overlays.map((network) => [
        network.name,
        network.swarmName,
        network.driver,
        network.subnet ?? "the next free one",
        network.internal ? "no" : "yes",
      ]),
    ),
  ];
}

function volumeTable(plan: Plan): readonly string[] {
  if (plan.volumes.length === 0) return [];
  return [
    table(
      ["VOLUME", "KIND", "DRIVER", "DETAILS"],
      plan.volumes.map((volume) => [
        volume.name,
        volume.kind,
        volume.driver,
        volumeDetails(volume),
      ]),
    ),
  ];
}

function volumeDetails({ replication }: VolumePlan): string {
  if (replication === undefined) return "-";
  const { backend, filesystem, minor, port, sizeBytes } = replication;
  const where = backend === "drbd" ? `, minor ${minor}, port ${port}` : "";
  return `${sizeText(sizeBytes)} ${filesystem}, ${backend}${where}`;
}

function fileTable(plan: Plan): readonly string[] {
  const rows = [
    ...plan.secrets.map((secret) => [secret.name, "secret", secretSource(secret)]),
    ...plan.configs.map(({ name, source }) => [
      name,
      "config",
      source.kind === "file" ? source.file : "written in the site",
    ]),
  ];
  return rows.length === 0 ? [] : [table(["FILE", "KIND", "COMES FROM"], rows)];
}

function externalTable(plan: Plan): readonly string[] {
  if (plan.externals.length === 0) return [];
  return [
    table(
      ["EXTERNAL", "KIND", "LOOKED FOR AS", "WHERE"],
      plan.externals.map(({ name, kind, externalName, hosts }) => [
        name,
        kind,
        externalName,
        hosts === undefined ? "in the Swarm" : `on ${listText(hosts)}`,
      ]),
    ),
  ];
}

function secretSource({ source }: SecretPlan): string {
  return source.kind === "stage"
    ? "hive:secrets"
    : `generated, ${source.length} characters, version ${source.version}`;
}

function serviceTable(plan: Plan): string {
  if (plan.services.length === 0) return "No services run on this stage.";
  return table(
    ["SERVICE", "IMAGE", "TASKS", "PORTS", "NETWORKS", "DEPENDS ON"],
    plan.services.map((service) => [
      service.name,
      service.image.kind === "build"
        ? service.image.image
        : shortReference(service.image.reference),
      tasksText(service),
      listText(service.ports.map(portText)),
      listText(service.networks.map(({ network }) => network)),
      listText(service.dependsOn),
    ]),
  );
}

function mountTable(plan: Plan): readonly string[] {
  const rows = plan.services.flatMap((service) => [
    ...service.mounts.map((mount) => [service.name, ...mountCells(mount)]),
    ...service.secrets.map(({ name, target }) => [
      service.name,
      target.startsWith("/") ? target : `/run/secrets/${target}`,
      `secret ${name}`,
    ]),
    ...service.configs.map(({ name, target }) => [service.name, target, `config ${name}`]),
  ]);
  return rows.length === 0 ? [] : [table(["SERVICE", "MOUNT", "SOURCE"], rows)];
}

function mountCells(mount: MountPlan): readonly string[] {
  if (mount.kind === "tmpfs") {
    const limit = mount.sizeBytes === undefined ? "" : `, ${sizeText(mount.sizeBytes)}`;
    return [mount.target, `memory${limit}`];
  }
  const source = mount.kind === "volume" ? `volume ${mount.volume}` : `folder ${mount.source}`;
  return [mount.target, `${source}${mount.readOnly ? ", read-only" : ""}`];
}

function noticeLines(plan: Plan): readonly string[] {
  if (plan.notices.length === 0) return [];
  return [["NOTICES", ...plan.notices.map((notice) => `  - ${notice}`)].join("\n")];
}

function listText(texts: readonly string[]): string {
  return texts.length === 0 ? "-" : texts.join(", ");
}

/** A reference with the beginning of its digest, enough for people to compare. */
function shortReference(reference: string): string {
  return reference.replace(/(@sha256:[a-f0-9]{12})[a-f0-9]{52}$/, "$1…");
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

function routeTable({ gate }: Plan): readonly string[] {
  if (gate === undefined) return [];
  return [
    table(
      ["ROUTE", "NAME", "LEADS TO", "FOR"],
      gate.routes.map((route) => [
        pathAtAddress(route),
        route.host === undefined ? "any" : `${route.host}${route.path}`,
        `${route.service}, port ${route.port}`,
        route.login ? `who has logged in at ${gate.login ?? ""}` : "everybody",
      ]),
    ),
  ];
}

function phaseLines(plan: Plan): string {
  const steps = plan.phases.map((phase, index) => `  ${index + 1}. ${phase}`);
  const left = phases.length - plan.phases.length;
  return [
    "PHASES",
    ...steps,
    ...(left === 0 ? [] : [`  (hive:throughPhase skips the ${left} after it)`]),
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
