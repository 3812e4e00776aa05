import { ofSwarm, type ServiceSpec, together } from "./concepts";

/** The normal form of a service; a normal form stays as it is. */
export function normalizeService(spec: ServiceSpec): ServiceSpec {
  const { name, site } = spec;
  return { name, site, ...together(ofSwarm.map(({ normalize }) => normalize(spec))) };
}
