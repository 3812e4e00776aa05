import type { ConnectionStatus, ResourceStatus } from "./status";

/** How a volume stands, from what all its servers say. */
export interface VolumeHealth {
  /** The server that uses it; undefined while nobody does. */
  readonly primary: string | undefined;
  /** Servers with the newest data. */
  readonly whole: readonly string[];
  /** What goes on by itself, a phrase each: `hive2 gets the newest data, 54 %, 3 s left`. */
  readonly progress: readonly string[];
  /** What is wrong, with what to do. */
  readonly problems: readonly VolumeProblem[];
}

/** What is wrong with a volume, and what to do. */
export interface VolumeProblem {
  readonly words: string;
  readonly remedy: string;
}

/** The servers of a volume by name; undefined: no answer; null: the volume is not up there. */
export type VolumeStatuses = ReadonlyMap<string, ResourceStatus | null | undefined>;

/**
 * Judges a volume. What heals by itself (a resync, a connection that is made) is progress; a
 * problem needs a person, or a server that is missing. Pure.
 */
export function volumeHealth(volume: string, statuses: VolumeStatuses): VolumeHealth {
  const all = [...statuses];
  const up = all.flatMap(([host, status]) => (status ? [{ host, status }] : []));
  const whole = up.filter(({ status }) => status.disk === "UpToDate").map(({ host }) => host);
  const primaries = up.filter(({ status }) => status.role === "Primary");
  const problems = [
    ...all
      .filter(([, status]) => status === undefined)
      .map(([host]) => ({
        words: `${host} does not answer`,
        remedy: "bring it back; it gets the newest data by itself",
      })),
    ...all
      .filter(([, status]) => status === null)
      .map(([host]) => ({ words: `it is not up on ${host}`, remedy: "npx hive up" })),
    ...up.flatMap((one) => problemsOn(volume, one)),
    ...(up.length > 0 && whole.length === 0
      ? [
          {
            words: "no server has the newest data for certain",
            remedy: `npx hive volume repair ${volume}`,
          },
        ]
      : []),
    ...(primaries.length > 1
      ? [
          {
            words: `${primaries.map(({ host }) => host).join(" and ")} have written apart from each other`,
            remedy: `stop what uses it, then npx hive volume repair ${volume}`,
          },
        ]
      : []),
  ];
  return {
    primary: primaries[0]?.host,
    whole,
    progress: up.flatMap(({ host, status }) =>
      status.connections.flatMap((peer) => progressOf(host, peer)),
    ),
    problems,
  };
}

function problemsOn(
  volume: string,
  { host, status }: { readonly host: string; readonly status: ResourceStatus },
): readonly VolumeProblem[] {
  const { disk, hasQuorum, role, connections } = status;
  const alone = connections.filter(({ connection }) => connection === "StandAlone");
  const differs = connections.filter(
    (peer) =>
      peer.outOfSyncBytes > 0 &&
      peer.replication === "Established" &&
      disk === "UpToDate" &&
      peer.disk === "UpToDate",
  );
  return [
    ...(disk === "Diskless" || disk === "Failed"
      ? [
          {
            words: `${host} has no disk for it (${disk})`,
            remedy: `look with 'sudo dmesg' there; then npx hive up`,
          },
        ]
      : []),
    ...(role === "Primary" && !hasQuorum
      ? [
          {
            words: `${host} uses it and has lost the majority: its writes fail`,
            remedy: "it lets go by itself; bring the other servers back",
          },
        ]
      : []),
    ...alone.map(({ name }) => ({
      words: `${host} has given up its connection with ${name}`,
      remedy: `npx hive volume repair ${volume}`,
    })),
    // Both ends say it; one line is enough.
    ...differs
      .filter(({ nodeId }) => status.nodeId < nodeId)
      .map(({ name, outOfSyncBytes }) => ({
        words: `${outOfSyncBytes} bytes differ between ${host} and ${name}, as a verify found`,
        remedy: `npx hive volume repair ${volume}`,
      })),
  ];
}

function progressOf(host: string, peer: ConnectionStatus): readonly string[] {
  const { replication, donePercent, secondsLeft } = peer;
  const how = [
    ...(donePercent === undefined ? [] : [`${Math.floor(donePercent)} %`]),
    ...(secondsLeft === undefined ? [] : [`${secondsLeft} s left`]),
  ];
  const said = (what: string): readonly string[] => [[what, ...how].join(", ")];
  if (replication === "SyncTarget") return said(`${host} gets the newest data from ${peer.name}`);
  if (replication === "VerifyS") return said(`${host} is compared with ${peer.name}`);
  return [];
}
