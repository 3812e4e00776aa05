import { recoveryOf } from "../../fleet/recoveries";
import type { Plan } from "../../model/plan";
import { fetchStageKey } from "../hosts/stage-key";
import type { Stack } from "../pulumi/stack";
import { recover } from "../pulumi/recovery";
import { runOnStack } from "../pulumi/session";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";
import { rememberNames } from "../hosts/known-names";
import { clusterAccess, readOutputs, type StageOutputs } from "../hosts/outputs";
import { stepWords } from "../progress/step-words";
import { duration } from "../progress/view";
import { tableLines } from "../table";
import type { Terminal } from "../terminal";
import { removedService } from "../status/judge";
import { ipvsWarnings } from "../ipvs";
import { askSwarm, electionSeconds } from "../swarm/facts";
import { releaseTargets } from "./targets";

/**
 * Builds, pushes and rolls out some services and nothing else, and prints how long each part took.
 *
 * @throws Failure when one of them is not deployed yet, or the run fails
 */
export async function releaseServices(
  stack: Stack,
  plan: Plan,
  services: readonly string[],
  terminal: Terminal,
): Promise<StageOutputs> {
  // Without targets, Pulumi would change the whole site.
  if (services.length === 0)
    throw new Failure(
      `There is no service to release on the stage ${plan.stage}.`,
      exitCodes.input,
    );
  await stack.ensure();
  await fetchStageKey(stack);
  const { gone, unsure, resources } = await recover(stack, recoveryOf(plan), (text) =>
    terminal.print(text),
  );
  // Only a whole run builds servers again.
  if (gone.length > 0)
    throw new Failure(`Servers are missing: run \`npx hive up --stack ${plan.stage}\` first.`);
  const targets = releaseTargets(
    plan,
    services,
    resources.map(({ urn }) => urn),
  );
  if (targets.unbuilt.length > 0) throw unbuilt(plan.stage, targets.unbuilt);
  await stack.refreshResources(unsure);
  const run = await runOnStack(
    stack,
    ["up", "--yes", "--skip-preview", ...targets.urns.flatMap((urn) => ["--target", urn])],
    terminal,
    // What they say is about the site, not about this release.
    { unsaid: [...plan.notices, ...ipvsWarnings(plan)] },
  );
  const rows = run.progress.finished.map(({ name, operation, milliseconds }) => [
    `  ${stepWords(name)}`,
    operation,
    duration(milliseconds),
  ]);
  const parts = rows.length === 0 ? ["  nothing to change"] : tableLines(rows);
  terminal.print(`\n${[...parts, `  altogether ${duration(run.milliseconds)}`].join("\n")}`);
  const outputs = readOutputs(plan.stage, await stack.outputs());
  rememberNames(outputs);
  await requirePresent(outputs, services);
  return outputs;
}

/**
 * If there is nothing to change, Pulumi does not look at the Swarm. @throws Failure when a service
 * is not in the Swarm
 */
async function requirePresent(outputs: StageOutputs, services: readonly string[]): Promise<void> {
  const { services: present } = await askSwarm(clusterAccess(outputs), electionSeconds);
  const names = present.map(({ Spec }) => Spec?.Name);
  const removed = services.filter((name) => !names.includes(name));
  if (removed.length > 0)
    throw new Failure(removed.map((name) => removedService(name, outputs.stage)).join("\n"));
}

function unbuilt(stage: string, services: readonly string[]): Failure {
  const [one = ""] = services;
  return new Failure(
    `${one} is not deployed on the stage ${stage} yet, and its networks, volumes and secrets may be missing: ` +
      `run \`npx hive up --stack ${stage}\` first. Nothing was changed.`,
    exitCodes.input,
  );
}
