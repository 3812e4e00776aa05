import type { Config, Network, Secret, Volume } from "../inventory";
import type { ReplicatedVolume } from "../inventory/volume";
import type { ConfigPlan, OverlayPlan, ReplicationPlan, SecretPlan, VolumePlan } from "../plan";
import { sizeBytes } from "../values/size";
import { present } from "../values/present";
import { replicationMinors, replicationPorts, stableNumber } from "../values/stable-number";
import { sortedRecord } from "../values/text-order";

/** The Swarm's name of a network: Docker reserves the name `default`. */
export function swarmNetworkName(name: string): string {
  return name === "default" ? "hive_default" : name;
}

/**
 * The normal form of a network.
 *
 * @param isEncrypted whether the stage encrypts what the driver `overlay` sends between servers
 */
export function planOverlay(name: string, network: Network, isEncrypted: boolean): OverlayPlan {
  const { driver = "overlay", driverOptions = {} } = network;
  // Docker looks at the option's presence; older engines at nothing else.
  const encryption = isEncrypted && driver === "overlay" ? { encrypted: "" } : {};
  return {
    name,
    swarmName: swarmNetworkName(name),
    driver,
    driverOptions: sortedRecord({ ...encryption, ...driverOptions }),
    ...(network.subnet === undefined ? {} : { subnet: network.subnet }),
    ...(network.gateway === undefined ? {} : { gateway: network.gateway }),
    attachable: network.attachable ?? true,
    internal: network.internal ?? false,
  };
}

const usualNfsOptions = "nfsvers=4,hard,timeo=600,retrans=2";

/**
 * The normal form of a volume.
 *
 * @param backend how this stage mirrors replicated volumes
 */
export function planVolume(
  name: string,
  volume: Volume,
  backend: ReplicationPlan["backend"],
): VolumePlan {
  if ("replicated" in volume) {
    const replication = planReplication(name, volume.replicated, backend);
    const { driver, driverOptions } = replicatedDriver(replication);
    return { name, kind: "replicated", driver, driverOptions, replication };
  }
  if ("nfs" in volume) {
    const { server, path, options } = volume.nfs;
    return {
      name,
      kind: "nfs",
      driver: "local",
      driverOptions: {
        device: `:${path}`,
        o: `addr=${server},${options ?? usualNfsOptions}`,
        type: "nfs",
      },
    };
  }
  if ("driver" in volume) {
    return {
      name,
      kind: "driver",
      driver: volume.driver.name,
      driverOptions: sortedRecord(volume.driver.options ?? {}),
    };
  }
  return { name, kind: "local", driver: "local", driverOptions: {} };
}

function replicatedDriver({
  backend,
  minor,
  filesystem,
}: ReplicationPlan): Pick<VolumePlan, "driver" | "driverOptions"> {
  if (backend === "shared") return { driver: "hive-shared", driverOptions: {} };
  if (backend === "local") return { driver: "local", driverOptions: {} };
  return {
    driver: "local",
    driverOptions: { device: `/dev/drbd${minor}`, type: filesystem },
  };
}

function planReplication(
  name: string,
  volume: ReplicatedVolume,
  backend: ReplicationPlan["backend"],
): ReplicationPlan {
  return {
    backend,
    sizeBytes: sizeBytes(volume.size) ?? 0,
    filesystem: volume.filesystem ?? "ext4",
    ...present("iops", volume.iops),
    ...present("throughput", volume.throughput),
    minor: volume.minor ?? stableNumber(name, replicationMinors),
    port: volume.port ?? stableNumber(name, replicationPorts),
  };
}

/** The normal form of a secret. */
export function planSecret(name: string, secret: Secret): SecretPlan {
  if (!("generate" in secret)) return { name, source: { kind: "stage" } };
  const { length, version } = secret.generate;
  return { name, source: { kind: "generated", length: length ?? 32, version: version ?? 1 } };
}

/** The normal form of a config. */
export function planConfig(name: string, config: Config): ConfigPlan {
  return {
    name,
    source:
      "file" in config
        ? { kind: "file", file: config.file }
        : { kind: "content", content: "content" in config ? config.content : "" },
    template: ("template" in config ? config.template : undefined) ?? false,
  };
}
