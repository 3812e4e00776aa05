import { posix } from "node:path";
import type { MountPlan, ServicePlan } from "../service-plan";
import { systemdCapabilities, systemdMounts } from "./systemd-container";

/** The parts of a service's plan that can make its programs root on their server. */
export type Privileged = Pick<ServicePlan, "mounts" | "capabilities" | "standalone">;

/** The parts of a volume that say what is mounted. */
export interface SourceVolume {
  readonly name: string;
  /** Docker volume driver. */
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
  /**
   * Set for a replicated volume. Its device is one that hive makes, or that the stage gives for
   * this volume alone; the inventory cannot name another one of the server's.
   */
  readonly replication?: unknown;
}

/** One thing by which programs of a service can become root on its server. */
export interface RootAccess {
  /** After the service's name: `mounts /var/run/docker.sock`. */
  readonly text: string;
  /** Whether the mount would be harmless if it were read-only. */
  readonly writing?: true;
}

/**
 * Places that make root of whoever reads them: sockets of programs that do what they are asked (a
 * read-only mount does not keep anybody from connecting), and keys of the server and of other
 * services.
 */
const telling = [
  "/etc/gshadow",
  "/etc/hive/registry",
  "/etc/shadow",
  "/etc/ssh",
  "/etc/ssl/private",
  "/root",
  "/run/containerd",
  "/run/dbus",
  "/run/docker",
  "/run/docker.sock",
  "/run/systemd",
  "/var/lib/containerd",
  "/var/lib/docker",
];

/**
 * Places that make root of whoever writes them: what root runs, what says what root runs or who may
 * become root, and settings of the kernel.
 */
const running = [
  "/bin",
  "/boot",
  "/etc",
  "/home",
  "/lib",
  "/lib64",
  "/proc",
  "/run/systemd",
  "/sbin",
  "/sys",
  "/usr",
  "/var/lib/dpkg",
  "/var/lib/hive",
  "/var/spool/cron",
];

/**
 * Capabilities that are stronger than the walls of a container: `ALL`, those that reach the kernel
 * or its devices, and `DAC_READ_SEARCH`, which opens any file by its number.
 */
const strong = ["ALL", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO"];

/**
 * By what programs of a service can become root on the servers that run it: folders and sockets of
 * the server, the server's disks, strong capabilities, or systemd as process 1, which needs them.
 * What a volume of another driver than `local`, an external volume, or a symbolic link on the
 * server leads to is not known.
 *
 * @param volumes of the site; a mount of another volume counts as harmless
 */
export function rootAccess(
  { mounts, capabilities, standalone }: Privileged,
  volumes: readonly SourceVolume[],
): readonly RootAccess[] {
  const needed = standalone ? systemdCapabilities : [];
  const own = standalone ? mounts.filter((mount) => !isOfSystemd(mount)) : mounts;
  return [
    ...(standalone ? [{ text: "is a system of its own" }] : []),
    ...own.flatMap((mount) => ofMount(mount, volumes)),
    ...capabilities.add
      .filter((name) => strong.includes(name) && !needed.includes(name))
      .map((name) => ({ text: `has the capability ${name}` })),
  ];
}

function isOfSystemd(mount: MountPlan): boolean {
  return systemdMounts.some(
    (other) =>
      mount.kind === "bind" &&
      other.kind === "bind" &&
      mount.source === other.source &&
      mount.target === other.target,
  );
}

function ofMount(mount: MountPlan, volumes: readonly SourceVolume[]): readonly RootAccess[] {
  if (mount.kind === "tmpfs") return [];
  if (mount.kind === "bind") return ofPlace(mount.source, mount, "");
  const volume = volumes.find(({ name }) => name === mount.volume);
  return (volume === undefined ? [] : placesOf(volume)).flatMap((place) =>
    ofPlace(
      place.path,
      { isDisk: place.isDisk, readOnly: place.readOnly || mount.readOnly },
      ` as the volume ${mount.volume}`,
    ),
  );
}

function ofPlace(
  path: string,
  { readOnly, isDisk = false }: { readonly readOnly: boolean; readonly isDisk?: boolean },
  how: string,
): readonly RootAccess[] {
  const danger = isDisk ? "reading" : dangerOf(path, readOnly);
  if (danger === undefined) return [];
  return [{ text: `mounts ${path}${how}`, ...(danger === "writing" ? { writing: true } : {}) }];
}

/** Whether a place makes root of who reads it, or only of who writes it. */
function dangerOf(path: string, readOnly: boolean): "reading" | "writing" | undefined {
  const real = realPath(path);
  if (telling.some((place) => isWithin(real, place) || isWithin(place, real))) return "reading";
  if (readOnly) return undefined;
  return running.some((place) => isWithin(real, place) || isWithin(place, real))
    ? "writing"
    : undefined;
}

/** `/var/run` is a link to `/run` on every Debian. */
function realPath(path: string): string {
  const plain = posix.normalize(path).replace(/(?<=.)\/$/, "");
  return plain.replace(/^\/var\/run(?=\/|$)/, "/run").replace(/^\/var\/lock(?=\/|$)/, "/run/lock");
}

/** Whether a path is a folder or in it. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === "/" || path.startsWith(`${folder}/`);
}

/** A place of the server in a volume. */
interface Place {
  readonly path: string;
  readonly readOnly: boolean;
  /** A whole disk. */
  readonly isDisk: boolean;
}

/** What a volume of the driver `local` mounts of the server, as mount(8) reads its options. */
function placesOf({ driver, driverOptions, replication }: SourceVolume): readonly Place[] {
  if (driver !== "local" || replication !== undefined) return [];
  const { type = "", device = "", o = "" } = driverOptions;
  const options = o.split(",");
  const readOnly = options.includes("ro");
  const layers = options
    .filter((option) => /^(lower|upper|work)dir=/.test(option))
    .flatMap((option) => option.slice(option.indexOf("=") + 1).split(":"))
    .map((path) => ({ path, readOnly, isDisk: false }));
  if (type === "overlay") return layers;
  if (options.some((option) => ["bind", "rbind"].includes(option)) || type === "none") {
    return device.startsWith("/") ? [{ path: device, readOnly, isDisk: false }] : [];
  }
  // It may be the server's own disk.
  return isWithin(device, "/dev") ? [{ path: device, readOnly, isDisk: true }] : [];
}
