import * as pulumi from "@pulumi/pulumi";

import type { FinishedStep } from "../../model/initialization/step";
import type { HostAccess } from "../transport/host-access";
import { HiveResource } from "../framework/hive-resource";
import { serviceInitializationProvider } from "./provider";

/** One step that loads initial data. */
export interface InitializationStepArgs {
  /** Unique in the service: a DNS label. */
  readonly name: string;
  /**
   * Program and arguments, run without a shell. For a script: the interpreter, then the script's
   * text. Must not contain secrets.
   */
  readonly command: readonly string[];
  /**
   * Values that the step reads from its standard input, one per line, before `input`. Treated as
   * secret. Default: none.
   */
  readonly secrets?: readonly pulumi.Input<string>[];
  /**
   * Text that follows the secrets on standard input. Not secret: previews show it. Default:
   * empty.
   */
  readonly input?: pulumi.Input<string>;
  /**
   * Program and arguments: when it ends with 0 in the container, the step is already done. Default:
   * always run the step.
   */
  readonly unless?: readonly string[];
  /** User that runs both. Default: the service's own. */
  readonly user?: string;
  /** How long the step may take, seconds, without the wait for a running task. */
  readonly deadlineSeconds: number;
}

export interface ServiceInitializationArgs {
  /**
   * Hosts of the Swarm: any manager among them is asked, and the service's tasks run on them. A
   * task's host is found by the node's host name.
   */
  readonly managers: pulumi.Input<readonly pulumi.Input<HostAccess>[]>;
  /** Site that the service belongs to. */
  readonly site: pulumi.Input<string>;
  /**
   * Name of the service in the Swarm. Changing it replaces the resource: another service is
   * initialized from the beginning.
   */
  readonly service: pulumi.Input<string>;
  /** The service's id, so that this waits until the service runs. */
  readonly serviceId: pulumi.Input<string>;
  /**
   * Replicated volumes that the service mounts, in alphabetical order: data loaded into them exist
   * for a service of another name too.
   */
  readonly volumes: readonly string[];
  /** In the order in which they run. */
  readonly steps: readonly InitializationStepArgs[];
}

/**
 * The initial data of a service: steps that run inside one of its tasks, on any host, each once for
 * each content of the step. The Swarm records finished steps in config objects without secrets, so
 * neither an interrupted run nor a lost state repeats a recorded step. Deleting the resource
 * removes the records; the data stays.
 */
export class ServiceInitialization extends HiveResource {
  /** The finished steps, in order. */
  declare readonly done: pulumi.Output<FinishedStep[]>;

  constructor(
    name: string,
    args: ServiceInitializationArgs,
    opts: pulumi.CustomResourceOptions = {},
  ) {
    const { steps, ...rest } = args;
    super(
      {
        type: "ServiceInitialization",
        provider: serviceInitializationProvider,
        outputs: ["done"],
        secrets: ["secrets"],
        folded: ["managers"],
      },
      name,
      {
        ...rest,
        // Separate from the steps, so that a preview shows in words what changes in them.
        steps: steps.map((step) => ({
          name: step.name,
          command: step.command,
          input: step.input ?? "",
          unless: step.unless ?? [],
          user: step.user ?? "",
          deadlineSeconds: step.deadlineSeconds,
        })),
        secrets: pulumi.secret(
          Object.fromEntries(steps.map((step) => [step.name, step.secrets ?? []])),
        ),
      },
      opts,
    );
  }
}
