import { containerDriver } from "./container/driver";
import type { FleetDriver } from "./fleet";
import { preparedDriver } from "./prepared/driver";
import type { FleetKind } from "./traits";

const drivers: Readonly<Partial<Record<FleetKind, FleetDriver>>> = {
  container: containerDriver,
  prepared: preparedDriver,
};

/**
 * What builds fleets of a kind. @throws Error for a kind that is not built yet, which validation
 * excludes
 */
export function driverOf(kind: FleetKind): FleetDriver {
  const driver = drivers[kind];
  if (driver === undefined) throw new Error(`This version of hive builds no ${kind} fleet.`);
  return driver;
}
