import type { Duration } from "../values/duration";

/**
 * A step that loads initial data: it runs once inside a running task of the service, wherever that
 * is, when the service is healthy and before services that depend on it are started. It runs again
 * only when something in it changed (or the secrets that it reads), and must be safe to repeat,
 * because a run may be interrupted in its middle. In a service with several tasks it must bear two
 * of itself at once: after an interruption, its end is awaited only in the task in which it is run
 * again. Exactly one of `command` and `script`.
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
         * What runs the script's text, given as its last argument.
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
   * Names of the site's secrets that the step reads from its standard input, one value a line, in
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
   * Program and arguments: when it ends with 0 in the container, the step has been done already,
   * for instance because its data came with the volume.
   *
   * @default the step is always run once
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
