import * as pulumi from "@pulumi/pulumi";
import { Hive } from "./components/hive";
import type { HiveOutputs } from "./components/outputs";
import { planContainerFleet } from "./model/container-fleet";
import { planSite } from "./model/plan-site";
import { parseStage } from "./model/stage";
import { readEngineFacts } from "./providers/local-engine/facts";
import { site } from "./site/site";

/** Reads the stage and the site, plans, and builds one hive. Nothing is touched before the plan is valid. */
async function program(): Promise<pulumi.Output<HiveOutputs>> {
  const stage = parseStage(pulumi.getStack(), pulumi.runtime.allConfig());
  const plan = planSite({ stage, site });
  const containerFleet = planContainerFleet(plan, await readEngineFacts(plan));
  return new Hive("hive", { plan, containerFleet }).outputs;
}

module.exports = program;
