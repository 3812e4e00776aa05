import type * as pulumi from "@pulumi/pulumi";
import { ServiceInitialization, type ServiceInitializationArgs } from "../service-initialization";
import type { PhaseComponent } from "./phase";

/**
 * The phase initialize-services, for one service: its initial data. Undefined when it has none, or
 * when the run stops before this phase.
 *
 * @returns resolves when the data is loaded
 */
export function initializeService(
  parent: PhaseComponent | undefined,
  args: ServiceInitializationArgs,
): pulumi.CustomResource | undefined {
  const { name, initialize } = args.service;
  if (parent === undefined || initialize.length === 0) return undefined;
  return new ServiceInitialization(`initialization-${name}`, args, { parent }).done;
}
