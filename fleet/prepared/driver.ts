import type { FleetDriver } from "../fleet";
import { PreparedFleet } from "./servers";

/** Servers that exist already. */
export const preparedDriver: FleetDriver = {
  prepare(plan) {
    return Promise.resolve((name, args, opts) => new PreparedFleet(name, { ...args, plan }, opts));
  },
};
