import { awsDriver } from "./aws/driver";
import { containerDriver } from "./container/driver";
import type { FleetDriver } from "./fleet";
import { preparedDriver } from "./prepared/driver";
import type { FleetKind } from "./traits";

const drivers: Readonly<Partial<Record<FleetKind, FleetDriver>>> = {
  container: containerDriver,
  prepared: preparedDriver,
  aws: awsDriver,
};

/**
 * The driver for a kind of fleet. @throws Error for a kind without a driver, which validation
 * excludes
 */
export function driverOf(kind: FleetKind): FleetDriver {
  const driver = drivers[kind];
  if (driver === undefined)
    throw new Error(`This version of hive cannot build a fleet of the kind ${kind}.`);
  return driver;
}
