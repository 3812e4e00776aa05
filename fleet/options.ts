import { awsOptions } from "./aws/options";
import { containerOptions } from "./container/options";
import { preparedOptions } from "./prepared/options";

/**
 * The options that a kind of fleet has of its own, as schemas: the key `hive:<kind>` of a stage.
 * Pure, like {@link fleetTraits}.
 */
export const fleetOptions = {
  container: containerOptions,
  prepared: preparedOptions,
  aws: awsOptions,
} as const;

/** A kind of fleet that has options. */
export type FleetWithOptions = keyof typeof fleetOptions;

/** The meaning of each schema's values; completes a sentence that begins with the key. */
export const fleetOptionTexts: Readonly<Record<FleetWithOptions, string>> = {
  container: "says how containers behave as servers",
  prepared: "names servers that exist",
  aws: "says how servers are made in AWS",
};
