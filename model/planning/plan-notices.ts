import { decidingConstraints, leaderOf } from "../service/colocation";
import type { GatePlan } from "../gate";
import { loginNotices } from "./login-notices";
import { volumeServer } from "./volume-server";
import { variableNotices } from "../foreign/variables";
import { gainsPrivileges } from "../service/new-privileges";
import { eligibleHosts, pinsToOneServer } from "../service/placement-constraints";
import type { ExternalPlan, HostPlan, ServicePlan, VolumePlan } from "../plan";

/**
 * Requests of the site that hive does not fulfil yet, and results that may surprise, one sentence
 * each in a fixed order: a stage reports them instead of ignoring them silently.
 */
export function planNotices(
  services: readonly ServicePlan[],
  volumes: readonly VolumePlan[],
  hosts: readonly HostPlan[],
  externals: readonly ExternalPlan[],
  gate: GatePlan | undefined,
): readonly string[] {
  const cluster = hosts.filter(({ role }) => role === "cluster");
  // For an external volume it is unknown whether each server has a separate one.
  const staying = [
    ...volumes.filter(staysOnServer),
    ...externals.filter(({ kind }) => kind === "volume"),
  ].map(({ name }) => name);
  return [
    ...volumes
      .filter(({ replication }) => replication?.backend === "drbd")
      .map(
        ({ name }) =>
          `The volume ${name} needs replication with DRBD, which this version of hive does not set up: it cannot be mounted.`,
      ),
    ...volumes
      .filter(({ replication }) => replication?.backend === "local")
      .map((volume) => onOneServer(volume, services, cluster)),
    ...services
      .filter(({ backups }) => backups.length > 0)
      .map(
        ({ name, backups }) =>
          `The service ${name} asks for backups (${backups.map((backup) => backup.name).join(", ")}), which this version of ` +
          "hive does not take.",
      ),
    ...services
      .filter(({ logMonitoring }) => logMonitoring !== undefined)
      .map(
        ({ name }) =>
          `The service ${name} asks for its log to be monitored, which this version of hive does not do.`,
      ),
    ...newPrivilegesNotices(services),
    ...loginNotices(services, gate),
    ...services.flatMap((service) => dataLeftBehind(service, services, staying, cluster)),
    ...variableNotices(services),
  ];
}

/** One service lifts the protection of all others: the Docker Engines decide it for all. */
function newPrivilegesNotices(services: readonly ServicePlan[]): readonly string[] {
  const lifting = services.filter(gainsPrivileges).map(({ name }) => name);
  if (lifting.length === 0 || lifting.length === services.length) return [];
  return [
    `Programs of all services may gain privileges (setuid), because those of ${lifting.join(", ")} may: ` +
      "a Docker Engine allows it to all or to none.",
  ];
}

/** A replicated volume that is on one server, with the services that are bound to it there. */
function onOneServer(
  { name }: VolumePlan,
  services: readonly ServicePlan[],
  cluster: readonly HostPlan[],
): string {
  const users = services.filter(({ mounts }) =>
    mounts.some((mount) => mount.kind === "volume" && mount.volume === name),
  );
  const host = volumeServer(name, services, cluster);
  const names = users.map((user) => user.name).join(", ");
  return (
    `The volume ${name} needs replication, which this version of hive does not do on this fleet: it is only on ` +
    `${host?.name ?? "one server"}, and ${names} ${users.length === 1 ? "runs" : "run"} there only. Back it up.`
  );
}

/** A task that may move away from data that stay on their server. */
function dataLeftBehind(
  service: ServicePlan,
  services: readonly ServicePlan[],
  staying: readonly string[],
  cluster: readonly HostPlan[],
): readonly string[] {
  const { name, mode, mounts, placement } = service;
  const leader = leaderOf(placement.constraints);
  const deciding = decidingConstraints(service, services);
  if (mode.kind === "global" || pinsToOneServer(deciding, cluster)) return [];
  // One task on each server, and no room for another: each task stays with its data.
  const fillsAll =
    mode.kind === "replicated" &&
    placement.maxReplicasPerHost > 0 &&
    mode.replicas >= placement.maxReplicasPerHost * eligibleHosts(deciding, cluster).length;
  if (fillsAll || (mode.kind === "replicated" && mode.replicas === 0)) return [];
  const local = new Set(staying);
  return mounts.flatMap((mount) =>
    mount.kind === "volume" && local.has(mount.volume)
      ? [
          `The service ${name} keeps data on the volume ${mount.volume}, which is separate on each server: a task that moves to another ` +
            "server finds an empty one there. Make the volume replicated, or pin " +
            `${leader === undefined ? "the service" : `the service ${leader}, which it follows`}, e.g. placement: ` +
            `{ constraints: ["node.hostname == ${cluster[0]?.name ?? "…"}"] }.`,
        ]
      : [],
  );
}

/**
 * Whether a volume is separate on each server: also a volume of the driver `local` that mounts
 * nothing from elsewhere.
 */
function staysOnServer({ kind, driver, driverOptions }: VolumePlan): boolean {
  if (kind === "local") return true;
  return (
    kind === "driver" &&
    driver === "local" &&
    driverOptions["type"] === undefined &&
    driverOptions["device"] === undefined
  );
}
