import { quoteForUnit } from "./shell";

/**
 * The rights of a container of hive's own. What is not named here it does not have: its root
 * file system is read-only, it has no capability, and no program in it gains rights
 * (`no-new-privileges`).
 */
export interface ContainerRights {
  /** User that runs the program. Default: the image's. */
  readonly user?: string;
  /** Capabilities that it keeps, as in capabilities(7) without `CAP_`. Default: none. */
  readonly keepCapabilities?: readonly string[];
  /** Folders that it may write besides its mounts. They are in memory and start empty. */
  readonly tmpfs?: readonly {
    readonly target: string;
    readonly sizeMiB: number;
    /** Octal digits, e.g. `1777`. */
    readonly mode: string;
  }[];
  /** Limit, MiB; what is in its `tmpfs` counts. */
  readonly memoryMiB: number;
  /** Limit of its processes and threads. */
  readonly pids: number;
}

/** A container that systemd runs on one host, outside of the Swarm. */
export interface SystemdContainer {
  /** Name of the container and, with `.service`, of the unit. */
  readonly name: string;
  readonly description: string;
  /** Image id (`sha256:…`) or reference; must be on the host. */
  readonly image: string;
  readonly rights: ContainerRights;
  readonly ports?: readonly {
    readonly published: number;
    readonly target: number;
    readonly protocol: "tcp" | "udp";
    /** Host address to publish on. Default: all. */
    readonly address?: string;
  }[];
  readonly mounts?: readonly {
    /** Absolute path on the host, or name of a volume, which Docker creates if it is missing. */
    readonly source: string;
    readonly target: string;
    readonly readOnly?: boolean;
  }[];
  /** File with `NAME=value` lines, mode 0600, written before the unit starts. */
  readonly environmentFile?: string;
  /** How long the container may take to stop before it is killed. Default 10. */
  readonly stopSeconds?: number;
  /** Arguments for the image's entry point. */
  readonly arguments?: readonly string[];
}

/** Path of the container's unit. */
export function containerUnitPath(container: SystemdContainer): string {
  return `/etc/systemd/system/${container.name}.service`;
}

/**
 * The text of the container's unit.
 *
 * The container runs detached and the unit waits for its end, so that its output reaches the
 * journal once, through the engine and under the container's name. When it ends for any reason,
 * such as a restart of the engine, systemd starts a new one. A leftover of an unclean end is
 * removed first.
 */
export function renderContainerUnit(container: SystemdContainer): string {
  const docker = (...words: readonly string[]): string =>
    ["/usr/bin/docker", ...words].map(quoteForUnit).join(" ");
  const stopSeconds = container.stopSeconds ?? 10;
  const run = docker(
    "run",
    "--detach",
    "--pull=never",
    "--name",
    container.name,
    "--hostname",
    container.name,
    "--stop-timeout",
    String(stopSeconds),
    ...rightsArguments(container.rights),
    ...(container.ports ?? []).flatMap((port) => [
      "--publish",
      `${port.address === undefined ? "" : `${port.address}:`}${port.published}:${port.target}/${port.protocol}`,
    ]),
    ...(container.mounts ?? []).flatMap((mount) => ["--mount", renderMount(mount)]),
    ...(container.environmentFile === undefined ? [] : ["--env-file", container.environmentFile]),
    container.image,
    ...(container.arguments ?? []),
  );
  return `# Kept by hive.
[Unit]
Description=${container.description}
Requires=docker.service
After=docker.service
StartLimitIntervalSec=0

[Service]
ExecStartPre=-${docker("rm", "--force", container.name)}
ExecStartPre=${run}
ExecStart=${docker("wait", container.name)}
ExecStop=-${docker("stop", container.name)}
ExecStopPost=-${docker("rm", "--force", container.name)}
StandardOutput=null
Restart=always
RestartSec=1
TimeoutStartSec=60
TimeoutStopSec=${stopSeconds + 20}

[Install]
WantedBy=multi-user.target
`;
}

/** Arguments of `docker run` that give a container these rights and no others. */
export function rightsArguments(rights: ContainerRights): readonly string[] {
  return [
    "--read-only",
    "--cap-drop=ALL",
    ...(rights.keepCapabilities ?? []).map((name) => `--cap-add=${name}`),
    "--security-opt=no-new-privileges",
    ...(rights.user === undefined ? [] : [`--user=${rights.user}`]),
    `--memory=${rights.memoryMiB}m`,
    `--pids-limit=${rights.pids}`,
    ...(rights.tmpfs ?? []).map(
      ({ target, sizeMiB, mode }) => `--tmpfs=${target}:size=${sizeMiB}m,mode=${mode}`,
    ),
  ];
}

function renderMount(mount: NonNullable<SystemdContainer["mounts"]>[number]): string {
  const type = mount.source.startsWith("/") ? "bind" : "volume";
  const readOnly = mount.readOnly === true ? ",readonly" : "";
  return `type=${type},source=${mount.source},target=${mount.target}${readOnly}`;
}
