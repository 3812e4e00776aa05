import { siteLabel } from "../swarm/labels";
import { ofSwarm, type ServiceSpec, together } from "./concepts";
import type { EngineServiceSpec } from "../engine-api/service-spec";
import { normalizeService } from "./normalize";

/**
 * The normal form of an observed service. It omits fields that hive does not set, and whether a
 * scheduled job runs now or when it ran last.
 */
export function fromEngineSpec(engine: EngineServiceSpec): ServiceSpec {
  return normalizeService({
    name: engine.Name,
    // No computed key in a destructuring pattern: the serializer of dynamic providers does not see
    // its captured variables.
    site: engine.Labels?.[siteLabel] ?? "",
    ...together(ofSwarm.map(({ fromEngine }) => fromEngine(engine))),
  });
}
