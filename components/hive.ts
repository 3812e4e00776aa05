import * as pulumi from "@pulumi/pulumi";
import type { BuildFleet } from "../fleet/fleet";
import type { PlanSnapshot } from "../model/changes/snapshot";
import type { Phase } from "../model/phases";
import type { Plan } from "../model/plan";
import { CompleteRun } from "./complete-run";
import type { HostSetup } from "./host-setup";
import type { StackOutputs } from "./outputs";
import { buildImages } from "./phases/build-images";
import { buildInfra } from "./phases/build-infra";
import { buildNetworks } from "./phases/build-networks";
import { buildVolumes } from "./phases/build-volumes";
import { deployServices } from "./phases/deploy-services";
import { PhaseComponent } from "./phases/phase";
import { setupHosts } from "./phases/setup-hosts";
import { stackOutputs } from "./stack-outputs";

export interface HiveArgs {
  readonly plan: Plan;
  /** Builds the stage's servers. */
  readonly buildFleet: BuildFleet;
  /** `hive:secrets` of the stage: the operator's own values by name. Secret. */
  readonly stageSecrets: pulumi.Output<Readonly<Record<string, string>>>;
  /** What the state keeps of the plan when everything of it has been built. */
  readonly snapshot: PlanSnapshot;
  /** The run has targets: it does not build everything of the plan. */
  readonly partial: boolean;
}

/** A whole site on one stage, built in seven phases. */
export class Hive extends pulumi.ComponentResource {
  readonly outputs: StackOutputs;
  private readonly plan: Plan;

  constructor(name: string, args: HiveArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("hive:index:Hive", name, {}, opts);
    this.plan = args.plan;

    const { plan } = args;
    const setups = new Map<string, HostSetup>();
    const fleet = buildInfra(
      new PhaseComponent("build-infra", { parent: this }),
      args.buildFleet,
      setups,
    );
    const siteHosts = this.through("setup-hosts", (phase) =>
      setupHosts(phase, { plan, fleet, setups, stageSecrets: args.stageSecrets }),
    );
    const images =
      siteHosts &&
      this.through("build-images", (phase) => buildImages(phase, plan, fleet, siteHosts));
    const networks =
      siteHosts &&
      this.through("build-networks", (phase) => buildNetworks(phase, plan, fleet, siteHosts));
    const volumes =
      siteHosts &&
      this.through("build-volumes", (phase) => buildVolumes(phase, plan, fleet, siteHosts));
    const deployment = this.through("deploy-services", (phase) => phase);
    const initialization = this.through("initialize-services", (phase) => phase);
    const services =
      siteHosts && images && networks && volumes && deployment
        ? deployServices(deployment, plan, fleet, {
            siteHosts,
            images,
            networks,
            volumes,
            initialization,
          })
        : undefined;

    this.outputs = stackOutputs(plan, {
      fleet,
      siteHosts,
      images,
      volumes: volumes?.own,
      services: services?.running,
    });
    new CompleteRun(
      "complete-run",
      {
        snapshot: args.snapshot,
        partial: args.partial,
        done: pulumi.all<unknown>([
          ...Object.values(this.outputs),
          ...(siteHosts === undefined ? [] : [siteHosts.swarm.membership.id]),
          ...[...(services?.ready.values() ?? [])].map(({ id }) => id),
        ]),
      },
      { parent: this },
    );
    this.registerOutputs({ ...this.outputs });
  }

  /** Runs a phase unless this run stops before it. */
  private through<T>(phase: Phase, build: (parent: PhaseComponent) => T): T | undefined {
    if (!this.plan.phases.includes(phase)) return undefined;
    return build(new PhaseComponent(phase, { parent: this }));
  }
}
