import * as pulumi from "@pulumi/pulumi";
import { saveStageKey } from "../../providers/ssh-key-pair/stage-key";
import type { SshKeyPair } from "../../providers/ssh-key-pair/resource";

/**
 * Writes the generated key of a stage to a file on this computer. The state keeps the key, so this
 * works on every computer.
 *
 * @returns resolves when the file exists; no login is possible before
 */
export function savedStageKey(stage: string, key: SshKeyPair): pulumi.Output<void> {
  const written = key.privateKey.apply((privateKey) => saveStageKey(stage, privateKey));
  return pulumi.unsecret(written);
}
