import type { FinishedStep, InitializationStep } from "../../model/initialization/step";
import type { HostAccess } from "../transport/host-access";

/** Inputs as they come over the wire. */
export interface ServiceInitializationInputs {
  readonly managers: readonly HostAccess[];
  readonly site: string;
  readonly service: string;
  readonly serviceId: string;
  /**
   * Replicated volumes of the service, in alphabetical order; absent in states of an older version.
   */
  readonly volumes?: readonly string[];
  readonly steps: readonly InitializationStep[];
  /** Secret. The values for each step, by the step's name. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
  /** Changes with the code that runs from the state; has no other effect. */
  readonly revision: string;
}

/** What the state holds. */
export interface ServiceInitializationState extends ServiceInitializationInputs {
  /** In the order of the steps. After a failure there are fewer than steps. */
  readonly done: readonly FinishedStep[];
}

/** Inputs that decide whether a step has to run. */
export const initializationContent = [
  "site",
  "service",
  "serviceId",
  "volumes",
  "steps",
  "secrets",
] as const;

/** Names of all inputs. */
export const serviceInitializationInputs = [
  ...initializationContent,
  "managers",
  "revision",
] as const;
