import { createHmac } from "node:crypto";

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

/** What a step reads from its standard input: the secrets one a line, then its input as it is. */
export function stepInput(step: InitializationStep, secrets: readonly string[]): string {
  return [...secrets.map((secret) => `${secret}\n`), step.input].join("");
}

/**
 * Stands for all that makes a step what it does, secrets among it; its deadline does not count.
 *
 * A plain hash would let whoever sees it try weak passwords, so it is keyed (RFC 2104).
 *
 * @param key known only where the hash is recorded
 * @returns 64 hex digits
 */
export function hashStep(
  step: InitializationStep,
  secrets: readonly string[],
  key: string,
): string {
  const content = [step.name, step.command, step.unless, step.user, secrets, step.input];
  return createHmac("sha256", key).update(JSON.stringify(content)).digest("hex");
}
