/**
 * Facts about each kind of fleet for the rest of hive, as plain data: no other code asks which kind
 * a stage has. It imports nothing, so that the plan can use it.
 */

/** The source of a stage's servers. */
export type FleetKind = "container" | "aws" | "prepared";

/** How replicated volumes are mirrored. */
export type VolumeBackend = "shared" | "drbd" | "local";

/** The differences between kinds of fleets. */
export interface FleetTraits {
  /**
   * Whether this version of hive can build such a fleet; other kinds can be planned and shown.
   */
  readonly buildable: boolean;
  /**
   * `real`: each zone can fail as a whole. `labels`: all servers are in one place, and a zone is
   * only a name.
   */
  readonly zones: "real" | "labels";
  /**
   * `containers`: of this computer, made by hive; the site's `transform.server` may change them.
   * `machines`: all others.
   */
  readonly servers: "containers" | "machines";
  /**
   * Whether servers are instances of a cloud that hive makes; the site's `transform.instance` may
   * change them. Absent: they are not.
   */
  readonly makesInstances?: true;
  /**
   * `dealt`: hive assigns each server its address in the stage's network. `given`: the servers have
   * their addresses, and the stage names them.
   */
  readonly addresses: "dealt" | "given";
  /**
   * Whether each zone has a subnet of its own in the stage's network, which the servers' addresses
   * are dealt from. Absent: the network is one.
   */
  readonly zoneSubnets?: true;
  /**
   * Whether the fleet makes a disk on each cluster server for each replicated volume. Absent: the
   * stage names disks, or none are needed.
   */
  readonly makesDisks?: true;
  /** Possible backends of replicated volumes; the default comes first. */
  readonly volumeBackends: readonly [VolumeBackend, ...VolumeBackend[]];
  /**
   * Source of the base images of builds: this computer's Docker Engine, or their registry.
   */
  readonly baseImages: "local" | "registry";
  /**
   * Whether a stage without `hive:operators` gets a key of its own, which the state keeps; else at
   * least one operator is needed.
   */
  readonly generatesKey: boolean;
  /**
   * Whether the networks of services are encrypted between servers, unless the stage says
   * otherwise. Containers of one computer have nobody between them, and its kernel may not be able
   * to.
   */
  readonly encryptsNetworks: boolean;
  /**
   * Option of the stage that lists the networks from which servers may be reached over SSH. Absent:
   * hive does not decide it.
   */
  readonly sshSources?: string;
  /** How one server is replaced by a new one. Absent: hive does not make the servers. */
  readonly replacement?: ReplacementTraits;
}

/** What the replacement of a server means. */
export interface ReplacementTraits {
  /** Type of the resource that is the server. Its name ends with the server's, `-hive0`. */
  readonly serverType: string;
  /** What the new server takes over, for people. */
  readonly keeps: string;
  /** What goes with the old server, for people. */
  readonly loses: string;
  /** Whether the data of its Docker Engine go with it: local volumes, and the registry's images. */
  readonly losesEngineData: boolean;
}

/** The traits of each kind. */
export const fleetTraits: Readonly<Record<FleetKind, FleetTraits>> = {
  // Containers of one computer: no zones, one shared folder, and no download of images that the
  // computer has.
  container: {
    buildable: true,
    zones: "labels",
    servers: "containers",
    addresses: "dealt",
    volumeBackends: ["shared", "drbd"],
    baseImages: "local",
    generatesKey: true,
    encryptsNetworks: false,
    replacement: {
      serverType: "docker:index/container:Container",
      keeps: "its name, its address, its SSH host key, all data of its Docker Engine",
      loses: "what was changed on it by hand, its logs",
      losesEngineData: false,
    },
  },
  // Until DRBD is set up, a replicated volume is a local volume on the disk of one server.
  aws: {
    buildable: true,
    zones: "real",
    servers: "machines",
    addresses: "dealt",
    zoneSubnets: true,
    makesInstances: true,
    makesDisks: true,
    sshSources: "hive:aws.sshSources",
    volumeBackends: ["local", "drbd"],
    baseImages: "registry",
    generatesKey: false,
    encryptsNetworks: true,
    replacement: {
      serverType: "aws:ec2/instance:Instance",
      keeps: "its name, its addresses, its SSH host key, the disks of replicated volumes",
      loses: "its root disk: what was changed on it by hand, its logs",
      losesEngineData: true,
    },
  },
  // Until DRBD is set up, a replicated volume is a local volume on one server.
  prepared: {
    buildable: true,
    zones: "real",
    servers: "machines",
    addresses: "given",
    volumeBackends: ["local", "drbd"],
    baseImages: "registry",
    generatesKey: false,
    encryptsNetworks: true,
  },
};
