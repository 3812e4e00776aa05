import { runningOn, type Sample, type Watched, type WatchedServer } from "./sample";

/** A word of a step that names nothing of the stage. */
export class UnknownTarget extends Error {
  override readonly name = "UnknownTarget";
}

/**
 * The servers of a zone. Pure.
 *
 * @param word - the zone's name, its last letter, or `worst`: the zone with the most services that
 *   cannot run elsewhere, then the most tasks
 * @throws UnknownTarget with the zones that there are
 */
export function zoneServers(
  word: string,
  { servers, services }: Watched,
  sample: Sample | undefined,
): { readonly zone: string; readonly servers: readonly WatchedServer[] } {
  const zones = [...new Set(servers.map(({ zone }) => zone))];
  const within = (zone: string): readonly WatchedServer[] =>
    servers.filter((server) => server.zone === zone);
  const weight = (zone: string): readonly [number, number] => {
    const names = within(zone).map(({ name }) => name);
    const bound = services.filter(({ bound: to }) => to !== undefined && names.includes(to.server));
    const tasks = services
      .flatMap(({ name }) => (sample === undefined ? [] : runningOn(sample, name)))
      .filter((server) => names.includes(server));
    return [bound.length, tasks.length];
  };
  const byWeight = zones
    .map((zone) => ({ zone, weight: weight(zone) }))
    .sort(({ weight: [boundA, tasksA] }, { weight: [boundB, tasksB] }) =>
      boundA === boundB ? tasksB - tasksA : boundB - boundA,
    )
    .map(({ zone }) => zone);
  const meant =
    word === "worst"
      ? byWeight[0]
      : (zones.find((zone) => zone === word) ??
        zones.find((zone) => word.length === 1 && zone.endsWith(word)));
  if (meant === undefined) {
    throw new UnknownTarget(
      `kill-zone: ${word}: the stage has no such zone. Write one of ${zones.join(", ")}, a last letter of them, or worst.`,
    );
  }
  return { zone: meant, servers: within(meant) };
}

/** The server that a step names. @throws UnknownTarget with the servers that there are */
export function serverNamed(word: string, { servers }: Watched): WatchedServer {
  const found = servers.find(({ name, logicalName }) => word === logicalName || word === name);
  if (found !== undefined) return found;
  const names = servers.map(({ logicalName }) => logicalName).join(", ");
  throw new UnknownTarget(
    `stop-server: ${word}: the stage has no such server. Write one of ${names}.`,
  );
}

/**
 * Checks before anything is done that a scenario names only what the stage has.
 *
 * @throws UnknownTarget
 */
export function checkTargets(
  steps: readonly {
    readonly "kill-zone"?: string | undefined;
    readonly "stop-server"?: string | undefined;
  }[],
  watched: Watched,
): void {
  for (const step of steps) {
    if (step["kill-zone"] !== undefined) zoneServers(step["kill-zone"], watched, undefined);
    if (step["stop-server"] !== undefined) serverNamed(step["stop-server"], watched);
  }
}
