import type { HostPlan, Plan } from "../model/plan";
import { gainsPrivileges } from "../model/service/new-privileges";
import { dockerBridgePool } from "../model/stage/check-stage";

/** Path of the Docker Engine's settings. */
export const daemonJsonPath = "/etc/docker/daemon.json";

/** Path of an addition to the Docker Engine's systemd unit. */
export const dockerDropInPath = "/etc/systemd/system/docker.service.d/10-hive.conf";

/** What services ask of the settings of the Docker Engines that run them. */
export interface EngineNeeds {
  /** There is a service whose process 1 is systemd. */
  readonly standalone: boolean;
  /** There is a service in which programs may gain privileges. */
  readonly newPrivileges: boolean;
}

/** What the services of a plan need of a host's Docker Engine: nothing where none of them runs. */
export function engineNeeds({ services }: Pick<Plan, "services">, { role }: HostPlan): EngineNeeds {
  const here = role === "cluster" ? services : [];
  return {
    standalone: here.some(({ standalone }) => standalone),
    newPrivileges: here.some(gainsPrivileges),
  };
}

/**
 * The Docker Engine's settings, with sorted keys; the same on every host of every stage, so that
 * only a new release of hive (or a site's first service with such a need) restarts an engine. No
 * `hosts`: the engine listens on its socket only, never on TCP. No `dns`: containers get the host's
 * resolvers. No `native.cgroupdriver`: the engine's own choice is right for its host, systemd on
 * cgroup v2 and cgroupfs on v1 (moby daemon/daemon_unix.go, UsingSystemd), where `docker exec`
 * fails with systemd 256 and newer as the driver.
 *
 * Services with systemd see the host's cgroups, mounted from it, and must then be in the host's
 * cgroup namespace: in a namespace of its own, the default of cgroup v2, systemd would take the
 * host's first group for its own. The Swarm cannot choose this for a single service, nor lift
 * `no-new-privileges` for one.
 */
export function renderDaemonJson(
  { standalone, newPrivileges }: EngineNeeds = { standalone: false, newPrivileges: false },
): string {
  const settings = {
    // Networks of containers on the host. The plan keeps the stage's network and the overlay pool
    // out of this pool, and the networks of services out of its beginning (dockerBridges).
    "default-address-pools": [{ base: dockerBridgePool, size: 22 }],
    ...(standalone ? { "default-cgroupns-mode": "host" } : {}),
    // The memory of a program that crashed holds its secrets. A service can ask for dumps.
    "default-ulimits": { core: { Hard: 0, Name: "core", Soft: 0 } },
    // Swarm mode does not work with it.
    "live-restore": false,
    // One place for all logs of a host, with limits of its own (journald.ts); `docker logs` reads
    // it too.
    "log-driver": "journald",
    "log-opts": { tag: "{{.Name}}" },
    // No program in a container gains rights when it starts another one: setuid programs run with
    // the rights of their caller, and capabilities of files are not gained.
    ...(newPrivileges ? {} : { "no-new-privileges": true }),
    // Containers get this long for their own grace periods when the engine stops, seconds.
    "shutdown-timeout": 30,
    "storage-driver": "overlay2",
    // No process per published port is needed: published ports are kernel rules only.
    "userland-proxy": false,
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

/**
 * An addition to docker.service: all containers log through the engine, so the journal's limit per
 * unit would apply to all of them together. The journal's size limit still applies.
 */
export function renderDockerDropIn(): string {
  return `# Kept by hive.\n[Service]\nLogRateLimitIntervalSec=0\n`;
}
