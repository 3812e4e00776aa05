import type { Plan } from "../../model/plan";
import { volumeServer } from "../../model/planning/volume-server";
import type { Bound } from "./sample";

/**
 * The services whose data is on one server alone, by name: their volumes are not mirrored, and they
 * may run only there. Pure.
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
  const bound = services.flatMap(({ name, mounts }) => {
    const own = mounts.flatMap((mount) =>
      mount.kind === "volume" && local.includes(mount.volume) ? [mount.volume] : [],
    );
    const [server] = own.flatMap((volume) => volumeServer(volume, services, hosts) ?? []);
    if (server === undefined) return [];
    return [[name, { volumes: [...new Set(own)], server: short(server.name) }] as const];
  });
  return new Map(bound);
}
