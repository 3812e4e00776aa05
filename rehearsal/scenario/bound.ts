import type { Plan, ServicePlan } from "../../model/plan";
import { volumeServer } from "../../model/planning/volume-server";
import { leaderOf } from "../../model/service/colocation";
import type { Bound } from "./sample";

/**
 * The services whose data is on one server alone, by name: their volumes are not mirrored, and they
 * may run only there. So may what runs together with them. Pure.
 *
 * @param short - the short name of a server's full one
 */
export function boundServices(
  { services, volumes, hosts }: Pick<Plan, "services" | "volumes" | "hosts">,
  short: (name: string) => string,
): ReadonlyMap<string, Bound> {
  const local = volumes
    .filter(({ kind, replication }) => kind === "local" || replication?.backend === "local")
    .map(({ name }) => name);
  const ownBound = ({ mounts }: ServicePlan): Bound | undefined => {
    const own = mounts.flatMap((mount) =>
      mount.kind === "volume" && local.includes(mount.volume) ? [mount.volume] : [],
    );
    const [server] = own.flatMap((volume) => volumeServer(volume, services, hosts) ?? []);
    return server && { volumes: [...new Set(own)], server: short(server.name) };
  };
  const group = ({ name, placement }: ServicePlan): string =>
    leaderOf(placement.constraints) ?? name;
  const bound = services.flatMap((service): (readonly [string, Bound])[] => {
    const own = ownBound(service);
    if (own !== undefined) return [[service.name, own]];
    const partners = services.filter((other) => group(other) === group(service));
    return partners
      .flatMap((other): (readonly [string, Bound])[] => {
        const its = ownBound(other);
        return its === undefined ? [] : [[service.name, { ...its, with: other.name }]];
      })
      .slice(0, 1);
  });
  return new Map(bound);
}
