import type * as pulumi from "@pulumi/pulumi";
import type { InitializationPlan, Plan, ServicePlan } from "../model/plan";
import { replicatedVolumes } from "../model/service/mounts";
import {
  type InitializationStepArgs,
  ServiceInitialization as ServiceInitializationResource,
} from "../providers/service-initialization/resource";
import type { Host } from "../fleet/fleet";
import { HiveComponent } from "../providers/framework/hive-component";
import { readProjectFile } from "./project-file";
import { secretNamed, type SiteSecrets } from "./site-secrets";
import type { SwarmService } from "./swarm-service";

export interface ServiceInitializationArgs {
  readonly plan: Plan;
  readonly service: ServicePlan;
  /** The running service. */
  readonly running: SwarmService;
  readonly managers: readonly Host[];
  readonly secrets: SiteSecrets;
}

/** The initial data of a service, loaded inside one of its running tasks. */
export class ServiceInitialization extends HiveComponent {
  /** Resolves when every step is done; services that depend on this one wait for it. */
  readonly done: ServiceInitializationResource;

  constructor(
    name: string,
    args: ServiceInitializationArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("ServiceInitialization", name, opts);
    const { service } = args;
    this.done = new ServiceInitializationResource(
      this.child("steps"),
      {
        managers: args.managers.map((host) => host.access),
        site: args.plan.siteName,
        service: service.name,
        serviceId: args.running.serviceId,
        volumes: replicatedVolumes(service.mounts, args.plan.volumes),
        steps: service.initialize.map((step, index) =>
          stepArgs(step, `site/services/${service.name}.ts: initialize[${index}]`, args.secrets),
        ),
      },
      { parent: this, dependsOn: [args.running.converged] },
    );
    this.registerOutputs({});
  }
}

/**
 * A step with the texts of its files. @param path - its place in the inventory, for errors.
 */
function stepArgs(
  step: InitializationPlan,
  path: string,
  secrets: SiteSecrets,
): InitializationStepArgs {
  const { run } = step;
  return {
    name: step.name,
    command:
      run.kind === "command"
        ? run.command
        : [...run.interpreter, readProjectFile(run.file, `${path}.script`)],
    secrets: step.secrets.map((name) => secretNamed(name, path, secrets.values)),
    ...(step.input === undefined ? {} : { input: readProjectFile(step.input, `${path}.input`) }),
    ...(step.unless === undefined ? {} : { unless: step.unless }),
    ...(step.user === undefined ? {} : { user: step.user }),
    deadlineSeconds: step.deadlineSeconds,
  };
}
