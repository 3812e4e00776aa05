/** A step as it is run: all defaults written out. */
export interface InitializationStep {
  readonly name: string;
  readonly command: readonly string[];
  /** Follows the secrets on standard input. */
  readonly input: string;
  /** Empty: the step is always run. */
  readonly unless: readonly string[];
  /** Empty: the service's own. */
  readonly user: string;
  readonly deadlineSeconds: number;
}

/** A step that has been done. */
export interface FinishedStep {
  readonly name: string;
  /** Stands for the step's content; tells nothing about it, for its key is in the Swarm only. */
  readonly hash: string;
  /** When, RFC 3339. */
  readonly at: string;
}
