import type { Plan } from "../model/plan";
import { awsCreates } from "./aws/orphans/settle";
import { containerRecovery } from "./container/recovery";
import type {
  CreateRecovery,
  FleetRecovery,
  Owner,
  RecordedResource,
  RecoverableFleet,
} from "./recovery";
import type { FleetKind } from "./traits";

const recoverable: Readonly<Partial<Record<FleetKind, RecoverableFleet>>> = {
  container: containerRecovery,
};

/** The recovery of a stage's fleet; undefined if the fleet is not on this computer. */
export function recoveryOf(
  plan: Pick<Plan, "fleet" | "siteName" | "stage">,
): FleetRecovery | undefined {
  return recoverable[plan.fleet]?.of({ site: plan.siteName, stage: plan.stage });
}

/** The same, decided by the state, for a stage whose configuration cannot be read. */
export function recoveryByState(
  resources: readonly RecordedResource[],
  owner: Owner,
): FleetRecovery | undefined {
  return Object.values(recoverable)
    .find((kind) => kind.recognises(resources))
    ?.of(owner);
}

/** What finds out the end of interrupted creates in clouds. */
export const createRecovery: CreateRecovery = awsCreates;
