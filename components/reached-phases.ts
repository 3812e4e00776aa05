import * as pulumi from "@pulumi/pulumi";
import { phases, phasesTakenBack, type Phase } from "../model/phases";
import type { Plan } from "../model/plan";

/**
 * Refuses a run that stops before a phase which the stack has already reached: it would delete the
 * resources of later phases. It reads the stack's own outputs, and only when the run is to stop
 * early.
 *
 * @throws pulumi.RunError that names the phases and the remedy.
 */
export async function refuseToTakeBackPhases(plan: Plan): Promise<void> {
  if (plan.phases.length === phases.length) return;
  const taken = phasesTakenBack(await reachedPhases(), plan.phases);
  if (taken.length === 0) return;
  throw new pulumi.RunError(
    `This run would stop after ${plan.phases.at(-1)} (hive:throughPhase), but the stage has already reached ${taken.join(", ")}: ` +
      "this would delete what those phases built. Remove hive:throughPhase, or take the stage down first " +
      "(`npx hive destroy`). Nothing was changed.",
  );
}

async function reachedPhases(): Promise<readonly Phase[]> {
  const self = new pulumi.StackReference("own-outputs", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
  const phasesOutput: unknown = (await self.getOutputDetails("phases")).value;
  return Array.isArray(phasesOutput) ? (phasesOutput as Phase[]) : [];
}
