import { existsSync, readFileSync } from "node:fs";
import { utils } from "ssh2";
import { saveStageKey } from "../../providers/ssh-key-pair/stage-key";
import { stageKeyFile } from "../../providers/transport/operator-key";
import type { Stack } from "../pulumi/stack";
import type { StateResource } from "../pulumi/state";

const type = "pulumi-nodejs:dynamic/hive:SshKeyPair";

/**
 * Copies the key that hive generated for a stage from the state to this computer, for another clone
 * or another computer with the same backend. Does nothing if the stage has operators of its own.
 *
 * @param resources of the state; default: reads the state
 * @throws Failure when the state cannot be read; Error when the file cannot be written
 */
export async function fetchStageKey(
  stack: Stack,
  resources?: readonly StateResource[],
): Promise<void> {
  const generated = (resources ?? (await stack.state()).resources).find(
    (resource) => resource.type === type && resource.urn.endsWith("-operator-key"),
  );
  if (generated === undefined || generated.outputs["hostKey"] === stageKeyHere(stack.stage)) return;
  const privateKey = await stack.secretOutput(generated.urn, "privateKey");
  if (privateKey !== undefined) saveStageKey(stack.stage, privateKey);
}

/**
 * As {@link fetchStageKey}, but does not read the state if this computer's file is one of the
 * stage's keys.
 */
export async function fetchMissingStageKey(
  stack: Stack,
  operators: readonly { readonly publicKey: string }[],
): Promise<void> {
  const here = stageKeyHere(stack.stage);
  if (!operators.some(({ publicKey }) => publicKey === here)) await fetchStageKey(stack);
}

/**
 * The public half of the stage's own key on this computer, without a comment; undefined if there is
 * no readable one.
 */
function stageKeyHere(stage: string): string | undefined {
  const file = stageKeyFile(stage);
  if (!existsSync(file)) return undefined;
  const key = utils.parseKey(readFileSync(file));
  return key instanceof Error ? undefined : `${key.type} ${key.getPublicSSH().toString("base64")}`;
}
