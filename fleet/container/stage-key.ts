import * as pulumi from "@pulumi/pulumi";
import { saveStageKey } from "../../providers/ssh-key-pair/stage-key";
import type { SshKeyPair } from "../../providers/ssh-key-pair/resource";

/**
 * Brings the key that was generated for a stage to this computer, whichever it is: the state keeps
 * it.
 *
 * @returns resolves when the file is there; nothing can log in before
 */
export function savedStageKey(stage: string, key: SshKeyPair): pulumi.Output<void> {
  const written = key.privateKey.apply((privateKey) => saveStageKey(stage, privateKey));
  return pulumi.unsecret(written);
}
