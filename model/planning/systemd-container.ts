import type { MountPlan, ServicePlan } from "../service-plan";
import { compareText, sortedRecord, sortedUnique } from "../values/text-order";

/**
 * Capabilities that systemd needs beyond Docker's default set, to mount file systems, set up
 * networks, trace and log as process 1 of a system.
 */
export const systemdCapabilities: readonly string[] = [
  "AUDIT_CONTROL",
  "NET_ADMIN",
  "SYSLOG",
  "SYS_ADMIN",
  "SYS_PTRACE",
];

/**
 * File systems that systemd expects to find mounted (https://systemd.io/CONTAINER_INTERFACE/), by
 * target.
 */
export const systemdMounts: readonly MountPlan[] = [
  { kind: "tmpfs", target: "/run", mode: "0755" },
  { kind: "tmpfs", target: "/run/lock", mode: "1777" },
  { kind: "bind", source: "/sys/fs/cgroup", target: "/sys/fs/cgroup", readOnly: false },
  { kind: "tmpfs", target: "/tmp", mode: "1777" },
];

/**
 * Environment for systemd: it runs in a container of this kind, and it may start on a host with
 * cgroup v1, which systemd 256 and newer refuse otherwise (systemd NEWS, 256). Older versions, and
 * any version on cgroup v2, ignore that.
 */
const environment = { container: "docker", SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE: "1" };

/** The signal for an orderly shutdown of systemd (systemd(1), "Signals"). */
const haltSignal = "SIGRTMIN+3";

/**
 * A service whose process 1 is systemd, with the required mounts, capabilities, stop signal and
 * environment. The service's own settings win: a mount of its own on the same target, another stop
 * signal.
 */
export function forSystemd(plan: ServicePlan): ServicePlan {
  const own = new Set(plan.mounts.map((mount) => mount.target));
  return {
    ...plan,
    environment: sortedRecord({ ...environment, ...plan.environment }),
    mounts: [...plan.mounts, ...systemdMounts.filter((mount) => !own.has(mount.target))].sort(
      (left, right) => compareText(left.target, right.target),
    ),
    capabilities: {
      add: sortedUnique([
        ...plan.capabilities.add,
        ...systemdCapabilities.filter((name) => !plan.capabilities.drop.includes(name)),
      ]),
      drop: plan.capabilities.drop,
    },
    stopSignal: plan.stopSignal ?? haltSignal,
  };
}
