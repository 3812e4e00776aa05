import type { FleetDriver } from "../fleet";
import { planAwsFleet } from "./plan";
import type * as Prerequisites from "./prerequisites/check";
import type * as Servers from "./servers";

/** Servers as EC2 instances. */
export const awsDriver: FleetDriver = {
  async prepare(plan) {
    const fleet = planAwsFleet(plan);
    // Loaded here, because it takes time that other fleets need not spend.
    const { accountOf, AwsFleet } = require("./servers") as typeof Servers;
    const { checkAccount } = require("./prerequisites/check") as typeof Prerequisites;
    const account = accountOf(fleet);
    await checkAccount(plan, fleet, account);
    return (name, args, opts) => new AwsFleet(name, { ...args, plan, fleet, account }, opts);
  },
};
