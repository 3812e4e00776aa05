import { configObjectName } from "../../model/swarm/object-name";
import {
  type SwarmObjectInputs,
  type SwarmObjectState,
  swarmObjectProvider,
} from "../swarm-object/provider";

/** Inputs as they come over the wire. */
export interface SwarmConfigInputs extends SwarmObjectInputs {
  readonly content: string;
  readonly template: boolean;
}

/** Id and name in the Swarm, as the state names them. */
export interface SwarmConfigIdentity {
  readonly configId: string;
  readonly configName: string;
}

/** What the state holds. */
export type SwarmConfigState = SwarmConfigInputs & SwarmConfigIdentity & SwarmObjectState;

/** Keeps a config of the Swarm. */
export const swarmConfigProvider = swarmObjectProvider<SwarmConfigInputs, SwarmConfigIdentity>({
  kind: "config",
  fixed: ["site", "name", "content", "template"],
  contentInput: "content",
  object: ({ name, content, template }) => ({
    objectName: configObjectName(name, content, template),
    content,
    template,
  }),
  identity: (configId, configName) => ({ configId, configName }),
  objectName: ({ configName }) => configName,
});
