import type { Duration } from "../values/duration";

/**
 * A step that loads initial data: it runs once inside a running task of the service, on any server,
 * when the service is healthy and before services that depend on it start. It runs again only when
 * the step or the secrets that it reads changed, and must be safe to repeat, because a run may be
 * interrupted. In a service with several tasks, two instances of it may run at once: after an
 * interruption, hive waits for the old instance only in the task in which it runs the step again.
 * Exactly one of `command` and `script`.
 */
export type Initialization = InitializationBase &
  (
    | {
        /** Program and arguments, run without a shell. */
        readonly command: readonly string[];
      }
    | {
        /**
         * File of the project, relative to its root, at most 120 KiB: run as `sh -c <its text>`.
         */
        readonly script: string;
        /**
         * Interpreter of the script; it gets the script's text as its last argument.
         *
         * @default ["sh", "-c"]
         */
        readonly interpreter?: readonly string[];
      }
  );

interface InitializationBase {
  /** Name of the step, unique in the service: a DNS label. */
  readonly name: string;
  /**
   * Names of the site's secrets that the step reads from its standard input, one value per line, in
   * this order.
   *
   * @default none
   */
  readonly secrets?: readonly string[];
  /**
   * File of the project, relative to its root, that the step reads from its standard input after
   * the secrets.
   *
   * @default none
   */
  readonly input?: string;
  /**
   * Program and arguments: when it ends with 0 in the container, the step is already done, for
   * instance because its data came with the volume.
   *
   * @default the step always runs once
   */
  readonly unless?: readonly string[];
  /**
   * User that runs it.
   *
   * @default the service's own
   */
  readonly user?: string;
  /**
   * How long it may take.
   *
   * @default "5m"
   */
  readonly deadline?: Duration;
}
