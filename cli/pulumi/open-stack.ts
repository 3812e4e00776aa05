import { stageOf } from "../../model/stage/check-stage";
import { projectFolder } from "../project";
import { PulumiCli } from "./pulumi-cli";
import { pulumiEnvironment } from "./environment";
import { Stack } from "./stack";

/**
 * The stack of a stage; creates nothing yet.
 *
 * @throws InventoryError when there is no such stage
 */
export async function openStack(stage: string): Promise<Stack> {
  stageOf(stage);
  return new Stack(new PulumiCli(await pulumiEnvironment(), projectFolder), stage);
}
