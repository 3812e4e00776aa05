import { quoteForUnit } from "./shell";
import { type ContainerRights, rightsArguments, type SystemdContainer } from "./systemd-container";

/** A systemd unit file, with its path. */
interface UnitFile {
  readonly path: string;
  readonly content: string;
}

/** The units that free the disk space of removed images in the registry. */
export interface RegistryCollection {
  /** Name of the timer unit, which must be enabled. */
  readonly timer: string;
  readonly files: readonly UnitFile[];
}

/** The registry's volume, mounted as in the registry's container. */
const store = "type=volume,source=hive-registry,target=/var/lib/registry";

/** It removes files of the registry's own user, as that user. */
const rights: ContainerRights = { user: "docker-registry", memoryMiB: 512, pids: 128 };

/**
 * A service that frees disk, and a timer that starts it every week: Sunday night, as the host's
 * clock shows it.
 *
 * The registry is stopped meanwhile, for some seconds: a running push would lose layers, and a
 * running registry remembers layers that are gone. So the two units exclude each other
 * (`Conflicts`). Starting the registry ends the collection, which is harmless: it removes only
 * unused layers. Afterwards the registry starts again, even when the collection failed. A server
 * that is off at that hour collects a week later: to catch up at the next boot would disturb a run
 * that needs the registry.
 */
export function registryCollection(registry: SystemdContainer): RegistryCollection {
  const name = `${registry.name}-collect`;
  const docker = (...words: readonly string[]): string =>
    ["/usr/bin/docker", ...words].map(quoteForUnit).join(" ");
  const run = docker(
    ...["run", "--rm", "--pull=never", "--network=none", "--name", name, "--mount", store],
    ...rightsArguments(rights),
    registry.image,
    "/usr/local/bin/hive-registry-collect",
  );
  return {
    timer: `${name}.timer`,
    files: [
      {
        path: `/etc/systemd/system/${name}.service`,
        content: `# Kept by hive.
[Unit]
Description=Frees the disk of the hive's image registry
Requires=docker.service
After=docker.service ${registry.name}.service
Conflicts=${registry.name}.service

[Service]
Type=oneshot
ExecStartPre=-${docker("rm", "--force", name)}
ExecStart=${run}
ExecStopPost=-${docker("rm", "--force", name)}
ExecStopPost=/usr/bin/systemctl start --no-block ${registry.name}.service
TimeoutStartSec=900
`,
      },
      {
        path: `/etc/systemd/system/${name}.timer`,
        content: `# Kept by hive.
[Unit]
Description=Frees the disk of the hive's image registry every week

[Timer]
OnCalendar=Sun *-*-* 03:30:00
RandomizedDelaySec=600

[Install]
WantedBy=timers.target
`,
      },
    ],
  };
}
