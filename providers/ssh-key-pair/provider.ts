import type * as pulumi from "@pulumi/pulumi";
import { checkFailure } from "../framework/check-failure";
import { changedInputs } from "../framework/dynamic";
import { readResult } from "../framework/read-result";
import { isKnown } from "../framework/unknown-value";
import { fingerprintOf, generateOpenSshKeyPair } from "./openssh-key";

/** Inputs as they come over the wire. */
export interface SshKeyPairInputs {
  readonly comment: string;
  readonly revision: number;
}

/** What the state holds. */
export interface SshKeyPairState extends SshKeyPairInputs {
  readonly publicKey: string;
  readonly hostKey: string;
  readonly privateKey: string;
  readonly fingerprint: string;
}

const INPUTS = ["comment", "revision"] as const;

/**
 * Generates the key pairs of `SshKeyPair`. It reads no file: a resource does not depend on the
 * computer on which it runs.
 */
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
    if (!isKnown(news.comment)) return { changes: true };
    // Older versions kept the operator's key in a file whose path is in the state: the path is
    // dropped.
    return { changes: "file" in olds || changedInputs(INPUTS, olds, news).length > 0 };
  },

  async create(inputs) {
    const { publicKey, privateKey } = generateOpenSshKeyPair(inputs.comment);
    const fingerprint = fingerprintOf(publicKey);
    return {
      id: fingerprint,
      outs: {
        ...inputs,
        publicKey: withComment(publicKey, inputs.comment),
        hostKey: publicKey,
        privateKey,
        fingerprint,
      },
    };
  },

  async read(id, props) {
    return props === undefined ? {} : readResult(id, props, INPUTS);
  },

  async update(_id, olds, news) {
    const { hostKey, privateKey, fingerprint } = olds;
    const publicKey = withComment(hostKey, news.comment);
    return { outs: { ...news, hostKey, privateKey, fingerprint, publicKey } };
  },

  async delete() {},
};

function withComment(publicKey: string, comment: string): string {
  return `${publicKey} ${comment}`.trim();
}
