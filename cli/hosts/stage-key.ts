import { existsSync } from "node:fs";
import { keepStageKey } from "../../providers/ssh-key-pair/stage-key";
import { stageKeyFile } from "../../providers/transport/operator-key";
import type { Stack } from "../pulumi/stack";

const type = "pulumi-nodejs:dynamic/hive:SshKeyPair";

/**
 * Brings the key that hive generated for a stage from the state to this computer: another clone, or another computer with the same
 * backend, has not got it yet. Does nothing where `HIVE_SSH_KEY` names a key, or the stage has operators of its own.
 *
 * @throws Failure when the state cannot be read; Error when the file cannot be written
 */
export async function bringStageKey(stack: Stack): Promise<void> {
  const given = process.env["HIVE_SSH_KEY"] ?? "";
  if (given !== "" || existsSync(stageKeyFile(stack.stage))) return;
  const generated = (await stack.state()).resources.find(
    (resource) => resource.type === type && resource.urn.endsWith("-operator-key"),
  );
  if (generated === undefined) return;
  const privateKey = await stack.secretOutput(generated.urn, "privateKey");
  if (privateKey !== undefined) keepStageKey(stack.stage, privateKey);
}
