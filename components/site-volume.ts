import type * as pulumi from "@pulumi/pulumi";
import type { Plan, VolumePlan } from "../model/plan";
import { VolumeOnHosts } from "../providers/volume/resource";
import type { Host } from "../fleet/fleet";
import { HiveComponent } from "../providers/framework/hive-component";

export interface SiteVolumeArgs {
  readonly plan: Plan;
  readonly volume: VolumePlan;
  /** Every host on which a task that mounts it may run. */
  readonly hosts: readonly Host[];
}

/**
 * A volume of the site on the Docker Engine of every cluster host, so that a task finds it wherever
 * it starts.
 */
export class SiteVolume extends HiveComponent {
  /** Resolves when the volume is on the hosts. */
  readonly onHosts: VolumeOnHosts;

  constructor(name: string, args: SiteVolumeArgs, opts: pulumi.ComponentResourceOptions) {
    super("SiteVolume", name, opts);
    const { volume } = args;
    this.onHosts = new VolumeOnHosts(
      this.child("on-hosts"),
      {
        hosts: args.hosts.map((host) => host.access),
        incarnations: args.hosts.map((host) => host.instanceId),
        site: args.plan.siteName,
        name: volume.name,
        driver: volume.driver,
        driverOptions: volume.driverOptions,
        ...(volume.kind === "replicated" && volume.driver === "local" ? { recorded: true } : {}),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
