import type * as pulumi from "@pulumi/pulumi";
import { checkFailure } from "../framework/check-failure";
import { changedInputs } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { isKnown } from "../framework/unknown-value";
import { adoptKeyFile, inspectKeyFile, removeKeyFile, writeKeyFile } from "./client";
import { fingerprintOf, generateOpenSshKeyPair } from "./openssh-key";

/** Inputs as they come over the wire. */
export interface SshKeyPairInputs {
  readonly comment: string;
  readonly file?: string;
  readonly revision: number;
}

/** What the state holds. */
export interface SshKeyPairState extends SshKeyPairInputs {
  readonly publicKey: string;
  readonly hostKey: string;
  readonly privateKey: string;
  readonly fingerprint: string;
  /** Whether the file was there before hive; then it outlives hive. */
  readonly adopted: boolean;
}

const INPUTS = ["comment", "file", "revision"] as const;

/** Creates, adopts and restores the key pairs of `SshKeyPair`. */
export const sshKeyPairProvider: pulumi.dynamic.ResourceProvider<
  SshKeyPairInputs,
  SshKeyPairState
> = {
  async check(_olds, news) {
    const failures: pulumi.dynamic.CheckFailure[] = [];
    if (isKnown(news.comment) && !/^[\x20-\x7e]*$/.test(news.comment)) {
      failures.push(checkFailure("comment", "must be one line of printable ASCII characters"));
    }
    return { inputs: news, failures };
  },

  async diff(_id, olds, news) {
    if (!isKnown(news.comment) || !isKnown(news.file)) return { changes: true };
    // A look at the operator's own disk costs nothing and lets a plain `up` restore a lost file.
    const lost = news.file !== undefined && inspectKeyFile(news.file, olds.publicKey) !== "same";
    return {
      changes: lost || changedInputs(INPUTS, olds, news).length > 0,
    };
  },

  async create(inputs) {
    const found = inputs.file === undefined ? undefined : adoptKeyFile(inputs.file);
    const pair = found ?? generateOpenSshKeyPair(inputs.comment);
    if (inputs.file !== undefined && found === undefined)
      writeKeyFile(inputs.file, pair.privateKey);
    const fingerprint = fingerprintOf(pair.publicKey);
    return {
      id: fingerprint,
      outs: {
        ...inputs,
        publicKey: `${pair.publicKey} ${inputs.comment}`.trim(),
        hostKey: pair.publicKey,
        privateKey: pair.privateKey,
        fingerprint,
        // A file with our comment is what an interrupted run of ours left behind.
        adopted: found !== undefined && found.comment !== inputs.comment,
      },
    };
  },

  async read(id, props) {
    if (props === undefined) return {};
    const { file, publicKey } = props;
    const state = file === undefined ? "same" : inspectKeyFile(file, publicKey);
    if (state === "same") return readResult(id, props, INPUTS);
    const remark = state === "missing" ? "missing" : "holds another key";
    return readResult(id, props, INPUTS, { file: `${file} (${remark})` });
  },

  async update(_id, olds, news) {
    let adopted = olds.adopted;
    if (news.file !== undefined) {
      const state = inspectKeyFile(news.file, olds.publicKey);
      if (state === "other") {
        throw new Error(
          `The key file ${news.file} holds another key than this stage's (${olds.fingerprint}), and hive overwrites none. ` +
            `Move that file away and run again: the stage's key is then restored from the state.`,
        );
      }
      if (state === "missing") {
        writeKeyFile(news.file, olds.privateKey);
        adopted = false;
      }
    }
    if (olds.file !== undefined && olds.file !== news.file && !olds.adopted) {
      removeKeyFile(olds.file, olds.publicKey);
    }
    const { hostKey, privateKey, fingerprint } = olds;
    return {
      outs: {
        ...news,
        hostKey,
        privateKey,
        fingerprint,
        publicKey: `${hostKey} ${news.comment}`.trim(),
        adopted,
      },
    };
  },

  async delete(_id, props) {
    if (props.file !== undefined && !props.adopted) removeKeyFile(props.file, props.publicKey);
  },
};
