import { secretObjectName } from "../../model/swarm/object-name";
import { checkFailure } from "../framework/check-failure";
import {
  type SwarmObjectInputs,
  type SwarmObjectState,
  swarmObjectProvider,
} from "../swarm-object/provider";

/** Inputs as they come over the wire. */
export interface SwarmSecretInputs extends SwarmObjectInputs {
  /** Secret. */
  readonly value: string;
  /** Secret. */
  readonly salt: string;
}

/** Id and name in the Swarm, as the state names them. */
export interface SwarmSecretIdentity {
  readonly secretId: string;
  readonly secretName: string;
}

/** What the state holds. */
export type SwarmSecretState = SwarmSecretInputs & SwarmSecretIdentity & SwarmObjectState;

/** Keeps a secret of the Swarm. */
export const swarmSecretProvider = swarmObjectProvider<SwarmSecretInputs, SwarmSecretIdentity>({
  kind: "secret",
  fixed: ["site", "name", "value", "salt"],
  contentInput: "value",
  check: ({ salt }) =>
    salt === ""
      ? [checkFailure("salt", "is empty; without a key the name gives hints about the value")]
      : [],
  object: ({ name, salt, value }) => ({
    objectName: secretObjectName(name, salt, value),
    content: value,
    template: false,
  }),
  identity: (secretId, secretName) => ({ secretId, secretName }),
  objectName: ({ secretName }) => secretName,
});
