import type { StageName } from "../plan";
import type { SecretMap } from "./schema";

/**
 * The command that asks for the value of a secret and stores it encrypted: the value is in no
 * command line.
 */
export function setSecretCommand(
  stage: StageName,
  name: string,
  map: SecretMap = "secrets",
): string {
  return `npx hive pulumi -- config set --stack ${stage} --secret --path ${quotedKey(map, name)}`;
}

/** The command that removes the value of a secret from a stage. */
export function removeSecretCommand(
  stage: StageName,
  name: string,
  map: SecretMap = "secrets",
): string {
  return `npx hive pulumi -- config rm --stack ${stage} --path ${quotedKey(map, name)}`;
}

function quotedKey(map: SecretMap, name: string): string {
  return `'hive:${map}["${name}"]'`;
}
