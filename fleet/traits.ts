/**
 * What the rest of hive has to know about each kind of fleet, as plain data: nobody else asks which
 * kind a stage has. It imports nothing, so that the plan can be made from it.
 */

/** What gives a stage its servers. */
export type FleetKind = "container" | "aws" | "prepared";

/** How replicated volumes are mirrored. */
export type VolumeBackend = "shared" | "drbd" | "local";

/** What distinguishes one kind of fleet from another. */
export interface FleetTraits {
  /**
   * Whether this version of hive builds such a fleet; one that it does not build can be planned and
   * shown.
   */
  readonly buildable: boolean;
  /**
   * `real`: each zone can fail as a whole. `labels`: all servers stand in one place, and a zone is
   * a name.
   */
  readonly zones: "real" | "labels";
  /**
   * `containers`: of this computer, made by hive, which the site's `transform.server` may change.
   * `machines`: all others.
   */
  readonly servers: "containers" | "machines";
  /**
   * `dealt`: hive gives each server its address in the stage's network. `given`: the servers have
   * theirs, and the stage names them.
   */
  readonly addresses: "dealt" | "given";
  /** Backends that replicated volumes can have here; the default comes first. */
  readonly volumeBackends: readonly [VolumeBackend, ...VolumeBackend[]];
  /**
   * Where the build host gets the base images of builds: this computer's Docker Engine, or their
   * registry.
   */
  readonly baseImages: "local" | "registry";
  /**
   * Whether a stage without `hive:operators` gets a key of its own, which the state keeps; else at
   * least one operator is needed.
   */
  readonly generatesKey: boolean;
}

/** The traits of each kind. */
export const fleetTraits: Readonly<Record<FleetKind, FleetTraits>> = {
  // Containers of one computer: no zones, one folder that all see, and no download for what the
  // computer has.
  container: {
    buildable: true,
    zones: "labels",
    servers: "containers",
    addresses: "dealt",
    volumeBackends: ["shared", "drbd"],
    baseImages: "local",
    generatesKey: true,
  },
  aws: {
    buildable: false,
    zones: "real",
    servers: "machines",
    addresses: "dealt",
    volumeBackends: ["drbd"],
    baseImages: "registry",
    generatesKey: false,
  },
  // Until DRBD is set up, a replicated volume is a local one of one server.
  prepared: {
    buildable: true,
    zones: "real",
    servers: "machines",
    addresses: "given",
    volumeBackends: ["local", "drbd"],
    baseImages: "registry",
    generatesKey: false,
  },
};
