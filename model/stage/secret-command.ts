import type { StageName } from "../plan";

/** The command that asks for the value of a secret and stores it encrypted: the value stands in no command line. */
export function setSecretCommand(stage: StageName, name: string): string {
  return `npx hive pulumi -- config set --stack ${stage} --secret --path ${quotedKey(name)}`;
}

/** The command that removes the value of a secret from a stage. */
export function removeSecretCommand(stage: StageName, name: string): string {
  return `npx hive pulumi -- config rm --stack ${stage} --path ${quotedKey(name)}`;
}

function quotedKey(name: string): string {
  return `'hive:secrets["${name}"]'`;
}
