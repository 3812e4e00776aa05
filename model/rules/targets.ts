import { trimmedPath } from "../service/mounts";
import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { forEachService, type PlannedService } from "./rule";

/**
 * Where the engine mounts a file system in memory for secrets (moby,
 * `container/container_unix.go`).
 */
const secretsFolder = "/run/secrets";

/**
 * Files of names that the engine writes for each container, with the key that changes what is in
 * them. What a service mounts there takes their place as a file (moby,
 * `container/container_unix.go`, `TrySetNetworkMount`).
 */
const nameFiles: Readonly<Record<string, string>> = {
  "/etc/hosts": "hosts",
  "/etc/hostname": "hostname",
  "/etc/resolv.conf": "dns",
};

/** Something at a path of a container. */
interface Target {
  readonly path: readonly PropertyKey[];
  readonly target: string;
  /**
   * Secrets and configs are files, in which nothing else can stand; a mount is taken for a folder.
   */
  readonly isFile: boolean;
  /** What is of a server may be a file: its mount is left to the engine. */
  readonly isOfServer?: boolean;
}

/**
 * No two things of a service stand at the same path of its container, and nothing where a file or
 * the kernel's own is.
 */
export const targetProblems = forEachService((planned) => {
  const targets = targetsOf(planned);
  return targets.flatMap((mine, position): readonly Problem[] => {
    const place = servicePath(planned.name, mine.path);
    const value = `"${mine.target}"`;
    const holder = targets.slice(0, position).find(({ target }) => target === mine.target);
    if (holder !== undefined) {
      return [
        {
          path: place,
          value,
          message: `is the place of ${servicePath(planned.name, holder.path)} already`,
          remedy: "choose another target for one of the two",
        },
      ];
    }
    const message =
      obstacleOf(mine, planned) ??
      nameFileFault(mine) ??
      fileAbove(mine, targets, (path) => servicePath(planned.name, path));
    if (message === undefined) return [];
    const key = nameFiles[mine.target];
    const remedy =
      key === undefined
        ? "choose another target"
        : `choose another target; what stands in this file is said with \`${key}\` of the service`;
    return [{ path: place, value, message, remedy }];
  });
});

/**
 * Files of `/proc` over which runc lets something be mounted (runc, `libcontainer/rootfs_linux.go`,
 * `checkProcMount`).
 */
const replaceableProc = new Set(
  [
    "cpuinfo",
    "diskstats",
    "loadavg",
    "meminfo",
    "net/dev",
    "slabinfo",
    "stat",
    "swaps",
    "uptime",
  ].map((name) => `/proc/${name}`),
);

/** What of the container itself is at a target. */
function obstacleOf({ target, isFile }: Target, { plan }: PlannedService): string | undefined {
  if (isWithin(target, "/proc") && !replaceableProc.has(target)) {
    return "lies in /proc, where the kernel shows processes: no container starts with something mounted there";
  }
  if (!isFile && target === secretsFolder && plan.secrets.length > 0) {
    return "is where the engine puts the secrets of the service";
  }
  return undefined;
}

/** A folder on one of the files of names, or something in it. */
function nameFileFault({ target, isFile, isOfServer = false }: Target): string | undefined {
  const file = Object.keys(nameFiles).find((each) => isWithin(target, each));
  if (file === undefined) return undefined;
  if (target !== file) {
    return `lies below ${file}, which is a file of every container: no container starts so`;
  }
  return isFile || isOfServer
    ? undefined
    : "is a file that the engine writes for every container, and this is a folder: no container starts so";
}

function fileAbove(
  { target }: Target,
  targets: readonly Target[],
  place: (path: readonly PropertyKey[]) => string,
): string | undefined {
  const above = targets.find(
    (other) => other.isFile && other.target !== target && isWithin(target, other.target),
  );
  return above === undefined
    ? undefined
    : `lies below ${above.target}, which is a file (${place(above.path)}): no container starts so`;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function targetsOf({ service }: PlannedService): readonly Target[] {
  return [
    ...(service.volumes ?? []).map((mount, index) => ({
      path: ["volumes", index, "target"],
      target: cleanPath(mount.target),
      isFile: false,
      isOfServer: mount.source.startsWith("/"),
    })),
    ...(service.tmpfs ?? []).map((tmpfs, index) => ({
      path: ["tmpfs", index, "target"],
      target: cleanPath(tmpfs.target),
      isFile: false,
    })),
    ...(service.secrets ?? []).map((secret, index) =>
      typeof secret === "string"
        ? { path: ["secrets", index], target: secretFile(secret), isFile: true }
        : {
            path: ["secrets", index, "target"],
            target: secretFile(secret.target ?? secret.secret),
            isFile: true,
          },
    ),
    ...(service.configs ?? []).map((config, index) => ({
      path: ["configs", index, "target"],
      target: cleanPath(config.target ?? `/${config.config}`),
      isFile: true,
    })),
  ];
}

function secretFile(target: string): string {
  return target.startsWith("/") ? cleanPath(target) : `${secretsFolder}/${target}`;
}

/**
 * A path with single slashes and none at its end: the same place in other words is the same place.
 */
function cleanPath(path: string): string {
  return trimmedPath(path).replace(/\/{2,}/g, "/");
}
