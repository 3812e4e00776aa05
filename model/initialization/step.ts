import { createHmac } from "node:crypto";

/** A step with all defaults filled in. */
export interface InitializationStep {
  readonly name: string;
  readonly command: readonly string[];
  /** Follows the secrets on standard input. */
  readonly input: string;
  /** Empty: the step always runs. */
  readonly unless: readonly string[];
  /** Empty: the service's own. */
  readonly user: string;
  readonly deadlineSeconds: number;
}

/** A finished step. */
export interface FinishedStep {
  readonly name: string;
  /** Hash of the step's content; it reveals nothing, because its key is in the Swarm only. */
  readonly hash: string;
  /** Time, RFC 3339. */
  readonly at: string;
}

/** The standard input of a step: the secrets, one per line, then its input unchanged. */
export function stepInput(step: InitializationStep, secrets: readonly string[]): string {
  return [...secrets.map((secret) => `${secret}\n`), step.input].join("");
}

/**
 * Hash of everything that defines a step, including secrets; its deadline does not count.
 *
 * With a plain hash, readers could try weak passwords, so it is keyed (RFC 2104).
 *
 * @param key known only in the place where the hash is recorded
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
