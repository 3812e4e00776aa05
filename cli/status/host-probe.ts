import { rebootWaits } from "../hosts/reboot";

/** The state of a host as it reports it. */
export interface HostProbe {
  readonly system: string;
  readonly failedUnits: readonly string[];
  readonly engine?: string;
  readonly diskUsedPercent?: number;
  /** Whether its kernel has IPVS, which virtual addresses and the routing mesh need. */
  readonly ipvs?: boolean;
  /** It waits for a reboot. */
  readonly rebootWaits?: true;
}

/** Separates the answers; none of the tools prints such a line. */
const mark = "--hive--";

/**
 * One command for all questions to a host: one round trip. Each part may fail on its own.
 * `timeout`, because a Docker Engine that hangs must not hide that the host itself is well.
 */
export const probeCommand = [
  "systemctl is-system-running",
  "systemctl list-units --state=failed --plain --no-legend --no-pager | awk '{print $1}' | head -n 5",
  "timeout 3 docker version --format '{{.Server.Version}}' 2>/dev/null",
  "df -P /var/lib/docker 2>/dev/null | awk 'NR == 2 {print $5}'",
  "test -e /proc/net/ip_vs && echo yes || echo no",
  `if ${rebootWaits}; then echo reboot; fi`,
].join(`; echo ${mark}; `);

/** Reads the output of {@link probeCommand}. */
export function readProbe(stdout: string): HostProbe {
  const parts = stdout.split(mark).map((part) => part.trim());
  const [system, units, engine, disk, ipvs, reboot] = parts;
  const used = Number.parseInt(disk ?? "", 10);
  return {
    system: system === undefined || system === "" ? "unknown" : system,
    failedUnits: (units ?? "").split("\n").filter((unit) => unit !== ""),
    ...(engine === undefined || engine === "" ? {} : { engine }),
    ...(Number.isNaN(used) ? {} : { diskUsedPercent: used }),
    ...(ipvs === "yes" || ipvs === "no" ? { ipvs: ipvs === "yes" } : {}),
    ...(reboot === "reboot" ? { rebootWaits: true } : {}),
  };
}
