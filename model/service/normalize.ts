import { ofSwarm, type ServiceSpec, together } from "./concepts";

/** The normal form of a service; the normal form of what already is in it is the same. */
export function normalizeService(spec: ServiceSpec): ServiceSpec {
  const { name, site } = spec;
  return { name, site, ...together(ofSwarm.map(({ normalize }) => normalize(spec))) };
}
