import { dockerBridgePool } from "../model/stage/check-stage";

/** Path of the Docker Engine's settings. */
export const daemonJsonPath = "/etc/docker/daemon.json";

/** Path of an addition to the Docker Engine's systemd unit. */
export const dockerDropInPath = "/etc/systemd/system/docker.service.d/10-hive.conf";

/**
 * The Docker Engine's settings, with sorted keys; the same on every host of every stage, so that
 * only a new release of hive (or a site's first standalone service) restarts an engine. No `hosts`:
 * the engine listens on its socket only, never on TCP. No `dns`: containers get the host's
 * resolvers. No `native.cgroupdriver`: the engine's own choice is right for its host, systemd on
 * cgroup v2 and cgroupfs on v1 (moby daemon/daemon_unix.go, UsingSystemd), where `docker exec`
 * fails with systemd 256 and newer as the driver.
 *
 * @param standalone whether the site has services whose process 1 is systemd. They see the host's
 *   cgroups, mounted from it, and must then be in the host's cgroup namespace: in a namespace of
 *   its own, the default of cgroup v2, systemd would take the host's first group for its own. The
 *   Swarm cannot choose this for a single service.
 */
export function renderDaemonJson(standalone = false): string {
  const settings = {
    // Networks of containers on the host. The plan keeps the stage's network and the overlay pool
    // out of this pool, and the networks of services out of its beginning (dockerBridges).
    "default-address-pools": [{ base: dockerBridgePool, size: 22 }],
    ...(standalone ? { "default-cgroupns-mode": "host" } : {}),
    // Swarm mode does not work with it.
    "live-restore": false,
    // One place for all logs of a host, with limits of its own (journald.ts); `docker logs` reads
    // it too.
    "log-driver": "journald",
    "log-opts": { tag: "{{.Name}}" },
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
