import { trimmedPath } from "../service/mounts";
import type { Problem } from "../problem/problems";
import { servicePath } from "../schema/check-site";
import { forEachService, type PlannedService } from "./rule";

/**
 * Path at which the Docker Engine mounts a file system in memory for secrets (moby,
 * `container/container_unix.go`).
 */
const secretsFolder = "/run/secrets";

/**
 * Name files that the Docker Engine writes for each container, with the keys that change them. A
 * service's mount at one of these paths replaces the file (moby, `container/container_unix.go`,
 * `TrySetNetworkMount`).
 */
const nameFiles: Readonly<Record<string, string>> = {
  "/etc/hosts": "hosts",
  "/etc/hostname": "hostname",
  "/etc/resolv.conf": "dns",
};

/** An object at a path of a container. */
interface Target {
  readonly path: readonly PropertyKey[];
  readonly target: string;
  /**
   * Whether nothing else can be below it: secrets and configs are files; a mount counts as a
   * folder.
   */
  readonly isFile: boolean;
  /** Whether it comes from a server: that may be a file, and the Docker Engine checks its mount. */
  readonly isOfServer?: boolean;
}

/**
 * No two objects of a service have the same path in its container, and none has a path that is
 * reserved or below a file.
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
          message: `is already the target of ${servicePath(planned.name, holder.path)}`,
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
        : `choose another target; the key \`${key}\` of the service sets the content of this file`;
    return [{ path: place, value, message, remedy }];
  });
});

/**
 * Files of `/proc` over which runc allows a mount (runc, `libcontainer/rootfs_linux.go`,
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

/** The container's own object at a target. */
function obstacleOf({ target, isFile }: Target, { plan }: PlannedService): string | undefined {
  if (isWithin(target, "/proc") && !replaceableProc.has(target)) {
    return "is in /proc, where the kernel shows processes: a container with a mount there does not start";
  }
  if (!isFile && target === secretsFolder && plan.secrets.length > 0) {
    return "is where the Docker Engine puts the secrets of the service";
  }
  return undefined;
}

/** A folder at the path of a name file, or an object below it. */
function nameFileFault({ target, isFile, isOfServer = false }: Target): string | undefined {
  const file = Object.keys(nameFiles).find((each) => isWithin(target, each));
  if (file === undefined) return undefined;
  if (target !== file) {
    return `is below ${file}, which is a file of every container: the container would not start`;
  }
  return isFile || isOfServer
    ? undefined
    : "is a file that the Docker Engine writes for every container, but this is a folder: the container would not start";
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
    : `is below ${above.target}, which is a file (${place(above.path)}): the container would not start`;
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
 * A path in its normal form: single slashes, and none at the end.
 */
function cleanPath(path: string): string {
  return trimmedPath(path).replace(/\/{2,}/g, "/");
}
