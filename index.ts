import * as pulumi from "@pulumi/pulumi";
import { Hive } from "./components/hive";
import type { StackOutputs } from "./components/outputs";
import { refuseToTakeBackPhases } from "./components/reached-phases";
import { driverOf } from "./fleet/drivers";
import { FleetError } from "./fleet/fleet-error";
import { ownKeyFault, requireOwnKey } from "./fleet/own-key";
import { snapshotOf } from "./model/changes/snapshot";
import type { Plan } from "./model/plan";
import { planStack } from "./model/plan-site";
import { InventoryError } from "./model/problem/problems";
import { lookIntoProject, readFromProject } from "./providers/project-lookup";
import { readSiteContents } from "./providers/site-contents";
import { site } from "./site/site";

/**
 * Reads the stage and the site, plans, and builds one hive. Nothing is touched before the plan is
 * valid.
 */
async function program(): Promise<StackOutputs> {
  const config = pulumi.runtime.allConfig();
  const plan = planStack({
    stackName: pulumi.getStack(),
    config,
    secretKeys: Object.keys(config).filter(isSecret),
    site,
    building: true,
    look: lookIntoProject("."),
    read: readFromProject("."),
    filesNeeded: true,
  });
  for (const notice of plan.notices) await pulumi.log.warn(notice);
  await refuseToTakeBackPhases(plan);
  await lookForOwnKey(plan);
  const buildFleet = await driverOf(plan.fleet).prepare(plan);
  const secrets = stageSecrets();
  return new Hive("hive", {
    plan,
    buildFleet,
    stageSecrets: secrets,
    snapshot: snapshotOf(plan, readSiteContents(plan, ".")),
    partial: process.env["HIVE_PARTIAL_RUN"] === "1",
  }).outputs;
}

/**
 * A run needs a key that the servers accept; a preview does not, but reports what it could not
 * check.
 */
async function lookForOwnKey(plan: Plan): Promise<void> {
  const access = { stage: plan.stage, operators: plan.ssh.operators };
  if (!pulumi.runtime.isDryRun()) return await requireOwnKey(access);
  const fault = await ownKeyFault(access);
  if (fault === undefined) return;
  await pulumi.log.warn(
    `${fault}\nThis preview shows the differences from the state only; it did not check the servers.`,
  );
}

/** `hive:secrets`: the operator's own values. The plan knows their names only. */
function stageSecrets(): pulumi.Output<Readonly<Record<string, string>>> {
  const config = new pulumi.Config("hive");
  return (
    config.getSecretObject<Record<string, string>>("secrets") ??
    pulumi.secret<Record<string, string>>({})
  );
}

/**
 * Whether Pulumi holds a key of the configuration, or a part of its value, encrypted. The SDK
 * knows, and types it for itself only.
 */
function isSecret(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  return isConfigSecret?.(key) ?? false;
}

/** Errors that the user can fix are shown as they are; all others with their stack trace. */
function readable(error: unknown): unknown {
  const isForUser = error instanceof InventoryError || error instanceof FleetError;
  return isForUser ? new pulumi.RunError(error.message) : error;
}

module.exports = () =>
  program().catch((error: unknown) => {
    throw readable(error);
  });
