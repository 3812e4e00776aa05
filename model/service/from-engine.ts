import { siteLabel } from "../swarm/labels";
import { ofSwarm, type ServiceSpec, together } from "./concepts";
import type { EngineServiceSpec } from "../engine-api/service-spec";
import { normalizeService } from "./normalize";

/**
 * The normal form of a service that an engine has. What this program does not set is not in it;
 * whether a scheduled job is being run, and when it ran last, neither.
 */
export function fromEngineSpec(engine: EngineServiceSpec): ServiceSpec {
  return normalizeService({
    name: engine.Name,
    // No computed key in a destructuring pattern: the serializer of dynamic providers does not see
    // what it captures.
    site: engine.Labels?.[siteLabel] ?? "",
    ...together(ofSwarm.map(({ fromEngine }) => fromEngine(engine))),
  });
}
