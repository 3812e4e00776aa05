import type * as pulumi from "@pulumi/pulumi";
import { HiveResource } from "../framework/hive-resource";
import type { HostAccess } from "../transport/host-access";
import { drbdResourceProvider } from "./provider";

export interface DrbdResourceArgs {
  /** Name of the volume, and of the resource of DRBD. Another name is another, empty volume. */
  readonly name: pulumi.Input<string>;
  /** Size of the device that is mounted, bytes. It may grow. */
  readonly sizeBytes: pulumi.Input<number>;
  /** What the disk on each server has beyond it, for DRBD's metadata, bytes. */
  readonly metadataBytes: pulumi.Input<number>;
  readonly filesystem: pulumi.Input<"ext4" | "xfs">;
  /** The servers with a copy, in the order of their node ids. */
  readonly hosts: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /**
   * For each server, in the same order, the command that looks after the volume there
   * (`render/drbd/host-command.ts`). It contains no secret.
   */
  readonly commands: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** One for each server, in the same order; changes exactly when that server was replaced. */
  readonly incarnations: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** The resource file (`render/drbd/resource-file.ts`). Secret: it contains {@link secret}. */
  readonly file: pulumi.Input<string>;
  /** What the servers prove to each other to know. Secret. */
  readonly secret: pulumi.Input<string>;
}

/**
 * A volume on DRBD, on all its servers: metadata, connections, data, filesystem and size. It never
 * overwrites what it did not make, and goes on where an interrupted run ended. A minority of
 * servers that do not answer is tolerated, and tried again at every run. Removed with its data when
 * the program removes it.
 */
export class DrbdResource extends HiveResource {
  declare readonly name: pulumi.Output<string>;
  /** Names of servers that did not answer and so may not have it as it shall be. */
  declare readonly missing: pulumi.Output<string[]>;

  constructor(name: string, args: DrbdResourceArgs, opts: pulumi.CustomResourceOptions = {}) {
    super(
      {
        type: "DrbdResource",
        provider: drbdResourceProvider,
        outputs: ["missing"],
        secrets: ["file", "secret"],
        folded: ["hosts", "commands"],
      },
      name,
      { ...args },
      // To make a large filesystem, or to wait for a resync before growth.
      { customTimeouts: { create: "20m", update: "20m", delete: "10m" }, ...opts },
    );
  }
}
