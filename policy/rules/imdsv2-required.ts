import { types } from "../resource-types";
import { resourceRule, valueAt } from "../rule";

/** An instance's credentials are for the instance, not for its containers. */
export const imdsv2Required = resourceRule({
  id: "imdsv2-required",
  severity: "high",
  enforcement: "mandatory",
  why: "Without tokens and a hop limit of 1, a container or a forged request reads the instance's credentials.",
  remedy: 'Set metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 }.',
  types: [types.instance],
  judge: ({ props }) => [
    ...(valueAt(props, "metadataOptions", "httpTokens") === "required"
      ? []
      : ["Its metadata answers without a token (IMDSv1)."]),
    ...(valueAt(props, "metadataOptions", "httpPutResponseHopLimit") === 1
      ? []
      : ["Its metadata tokens reach containers: the hop limit is not 1."]),
  ],
});
