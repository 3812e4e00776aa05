import type { FleetDriver } from "../fleet";
import { planAwsFleet } from "./plan";
import type * as Servers from "./servers";

/** Servers as EC2 instances. */
export const awsDriver: FleetDriver = {
  prepare(plan) {
    const fleet = planAwsFleet(plan);
    // Loaded here, because it takes time that other fleets need not spend.
    const { AwsFleet } = require("./servers") as typeof Servers;
    return Promise.resolve(
      (name, args, opts) => new AwsFleet(name, { ...args, plan, fleet }, opts),
    );
  },
};
