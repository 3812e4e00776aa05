import { isGiven, types } from "../resource-types";
import { resourceRule } from "../rule";

/** A typing error does not delete production's data, addresses and zone. */
export const productionProtected = resourceRule({
  id: "production-protected",
  severity: "critical",
  enforcement: "mandatory",
  why: "Data, addresses and the zone of production cannot be made again.",
  remedy: "Give the resource the option protect: true.",
  types: [types.instance, types.disk, types.address, types.zone],
  judge: (target, stage) =>
    stage === "production" && !target.protect && !isGiven(target)
      ? ["It is not protected from deletion."]
      : [],
});
