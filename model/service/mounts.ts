import { z } from "zod";
import { mountForm } from "../foreign/mount-forms";
import { sourceForm } from "../foreign/parts-forms";
import { oneTmpfsForm, tmpfsForm } from "../foreign/service-forms";
import type { Mount, Tmpfs } from "../inventory";
import { absolutePath, octalMode, size } from "../schema/values";
import { siteLabel } from "../swarm/labels";
import { present } from "../values/present";
import { bytesOf } from "../values/size";
import { compareText } from "../values/text-order";
import type { SwarmConcept } from "./concept";
import type { EngineMount } from "../engine-api/service-spec";
import { fourDigits, fromMode, toMode } from "./units";
import { amount } from "./unless-empty";

/**
 * The mounts of a service's containers: volumes, folders of the server, file systems in memory.
 */

/** A file or folder of the host in a container. */
export interface BindPlan {
  readonly kind: "bind";
  /** Absolute path on the host; must exist. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** Absent: `rprivate`. */
  readonly propagation?: NonNullable<Mount["propagation"]>;
}

/** A file system in the host's memory. */
export interface TmpfsPlan {
  readonly kind: "tmpfs";
  readonly target: string;
  /** Absent: half of the host's memory. */
  readonly sizeBytes?: number;
  /** Octal digits, e.g. `1777`. */
  readonly mode: string;
}

/** A mount of a container. */
export type MountPlan =
  | {
      readonly kind: "volume";
      /** Name of the volume in the site; see `VolumePlan.name`. */
      readonly volume: string;
      readonly target: string;
      readonly readOnly: boolean;
    }
  | BindPlan
  | TmpfsPlan;

/** Mounts in the plan. */
export interface MountsPlan {
  /** Volumes, folders of the host, and file systems in memory, by target. */
  readonly mounts: readonly MountPlan[];
}

/** A mount of a container, as the Swarm knows it. */
export type ServiceMount =
  | {
      readonly kind: "volume";
      /**
       * Name of the volume on the Docker Engines; an engine without the volume creates it with
       * `driver`.
       */
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      /** Docker volume driver, e.g. `local`. */
      readonly driver: string;
      readonly driverOptions: Readonly<Record<string, string>>;
      /** Whether a new volume stays empty instead of getting the image's content at `target`. */
      readonly noCopy: boolean;
      /**
       * The volume is external: if a Docker Engine creates it anyway, it must not count as the
       * site's.
       */
      readonly external?: true;
    }
  | BindPlan
  | TmpfsPlan;

/** Mounts in the Swarm. */
export interface ServiceMounts {
  readonly mounts: readonly ServiceMount[];
}

const mountSchema = z
  .strictObject({
    source: z
      .string()
      .regex(/^(\/.*|[a-z0-9][a-z0-9-]*)$/, "is neither the name of a volume nor an absolute path")
      .meta({
        foreignForm: sourceForm,
        takes: "the name of a volume, or an absolute path on the servers",
        write: "write the name of a volume of the site, or an absolute path on the servers",
      }),
    target: absolutePath,
    readOnly: z.boolean().optional(),
    propagation: z.enum(["rprivate", "private", "rshared", "shared", "rslave", "slave"]).optional(),
  } satisfies Record<keyof Mount, z.ZodType>)
  .superRefine(({ source, propagation }, context) => {
    if (propagation === undefined || source.startsWith("/")) return;
    context.addIssue({
      code: "custom",
      path: ["propagation"],
      message: "is for folders of the server, but the source is a volume",
      params: { remedy: "remove it" },
    });
  })
  .meta({ foreignForm: mountForm });

const tmpfsSchema = z
  .strictObject({
    target: absolutePath,
    size: size.optional(),
    mode: octalMode.optional(),
  } satisfies Record<keyof Tmpfs, z.ZodType>)
  .meta({ foreignForm: oneTmpfsForm });

const schema = {
  volumes: z.array(mountSchema).optional(),
  tmpfs: z.array(tmpfsSchema).optional().meta({ foreignForm: tmpfsForm }),
};

/** The concept; see `concepts.ts`. */
export const mounts: SwarmConcept<
  typeof schema,
  MountsPlan,
  ServiceMounts,
  { readonly site: string }
> = {
  schema,
  plan: (service) => ({
    mounts: [
      ...(service.volumes ?? []).map(planMount),
      ...(service.tmpfs ?? []).map(planTmpfs),
    ].sort((left, right) => compareText(left.target, right.target)),
  }),
  fields: { mounts: "tasks" },
  normalize: (spec) => ({
    mounts: spec.mounts.map(normalMount).sort((a, b) => compareText(a.target, b.target)),
  }),
  toEngine: (spec) => ({
    container: { Mounts: spec.mounts.map((mount) => engineMount(mount, spec.site)) },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: container } }) => ({
    mounts: (container.Mounts ?? []).map(mountOf),
  }),
};

function planMount(mount: Mount): MountPlan {
  const target = trimmedPath(mount.target);
  const readOnly = mount.readOnly ?? false;
  return mount.source.startsWith("/")
    ? { kind: "bind", source: trimmedPath(mount.source), target, readOnly, ...propagationOf(mount) }
    : { kind: "volume", volume: mount.source, target, readOnly };
}

function planTmpfs(tmpfs: Tmpfs): MountPlan {
  return {
    kind: "tmpfs",
    target: trimmedPath(tmpfs.target),
    ...present("sizeBytes", bytesOf(tmpfs.size)),
    mode: fourDigits(tmpfs.mode ?? "1777"),
  };
}

/** The field, unless it is the default. */
function propagationOf({ propagation }: Pick<Mount, "propagation">): Pick<BindPlan, "propagation"> {
  return propagation === undefined || propagation === "rprivate" ? {} : { propagation };
}

/** A path without slashes at its end, so that `/data/` and `/data` are the same mount. */
export function trimmedPath(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

/** The parts of a planned volume that a mount needs. */
interface MountedVolume {
  readonly name: string;
  readonly kind: string;
  readonly driver: string;
  readonly driverOptions: Readonly<Record<string, string>>;
}

/**
 * The mounts of a service's containers, with the drivers of the plan's volumes.
 *
 * A replicated volume is never filled from the image (`noCopy`): the Docker Engine would mount it
 * for the copy when it creates a container, while the previous task on another host may still write
 * (moby/moby#31492).
 *
 * @throws Error when the plan has no such volume, which its rules exclude
 */
export function serviceMounts(
  planned: readonly MountPlan[],
  volumes: readonly MountedVolume[],
): readonly ServiceMount[] {
  return planned.map((mount) => serviceMount(mount, volumes));
}

/** One of {@link serviceMounts}. */
export function serviceMount(mount: MountPlan, volumes: readonly MountedVolume[]): ServiceMount {
  if (mount.kind !== "volume") return mount;
  const volume = volumes.find(({ name }) => name === mount.volume);
  if (volume === undefined) throw new Error(`The plan has no volume ${mount.volume}.`);
  return {
    kind: "volume",
    source: volume.name,
    target: mount.target,
    readOnly: mount.readOnly,
    driver: volume.driver,
    driverOptions: volume.driverOptions,
    noCopy: volume.kind === "replicated",
  };
}

/**
 * A mount of an external volume. Without options: a Docker Engine that has the volume checks only
 * its name and driver.
 *
 * @param source its name on the Docker Engines
 * @param driver its driver there
 */
export function externalMount(
  { target, readOnly }: { readonly target: string; readonly readOnly: boolean },
  source: string,
  driver: string,
): ServiceMount {
  return {
    kind: "volume",
    source,
    target,
    readOnly,
    driver,
    driverOptions: {},
    noCopy: false,
    external: true,
  };
}

/** Names of the replicated volumes among what a service mounts, in alphabetical order. */
export function replicatedVolumes(
  planned: readonly MountPlan[],
  volumes: readonly MountedVolume[],
): readonly string[] {
  const names = planned.flatMap((mount) => (mount.kind === "volume" ? [mount.volume] : []));
  return volumes
    .filter(({ name, kind }) => kind === "replicated" && names.includes(name))
    .map(({ name }) => name)
    .sort(compareText);
}

function normalMount(mount: ServiceMount): ServiceMount {
  const { target } = mount;
  switch (mount.kind) {
    case "volume": {
      const { kind, source, readOnly, driver, driverOptions, noCopy, external } = mount;
      const own = { kind, source, target, readOnly, driver, driverOptions, noCopy };
      return external === true ? { ...own, external } : own;
    }
    case "bind": {
      const { kind, source, readOnly } = mount;
      return { kind, source, target, readOnly, ...propagationOf(mount) };
    }
    case "tmpfs":
      return {
        kind: "tmpfs",
        target,
        ...amount("sizeBytes", mount.sizeBytes),
        mode: fromMode(toMode(mount.mode)),
      };
  }
}

function engineMount(mount: ServiceMount, site: string): EngineMount {
  switch (mount.kind) {
    case "volume":
      return {
        Type: "volume",
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.readOnly,
        VolumeOptions: {
          NoCopy: mount.noCopy,
          // A host that was unreachable when the volume was created gets it from its first task,
          // and it must be recognized as the site's.
          Labels: mount.external === true ? {} : { [siteLabel]: site },
          DriverConfig: { Name: mount.driver, Options: mount.driverOptions },
        },
      };
    case "bind":
      return {
        Type: "bind",
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.readOnly,
        ...(mount.propagation === undefined
          ? {}
          : { BindOptions: { Propagation: mount.propagation } }),
      };
    case "tmpfs":
      return {
        Type: "tmpfs",
        Target: mount.target,
        TmpfsOptions: {
          ...(mount.sizeBytes === undefined ? {} : { SizeBytes: mount.sizeBytes }),
          Mode: toMode(mount.mode),
        },
      };
  }
}

function mountOf(mount: EngineMount): ServiceMount {
  const { Source: source = "", Target: target = "", ReadOnly: readOnly = false } = mount;
  if (mount.Type === "tmpfs") {
    return {
      kind: "tmpfs",
      target,
      sizeBytes: mount.TmpfsOptions?.SizeBytes ?? 0,
      mode: fromMode(mount.TmpfsOptions?.Mode ?? 0o1777),
    };
  }
  if (mount.Type !== "volume") {
    const { Propagation: propagation } = mount.BindOptions ?? {};
    return { kind: "bind", source, target, readOnly, ...present("propagation", propagation) };
  }
  const {
    NoCopy: noCopy = false,
    DriverConfig: driver,
    Labels: labels,
  } = mount.VolumeOptions ?? {};
  return {
    kind: "volume",
    source,
    target,
    readOnly,
    driver: driver?.Name ?? "local",
    driverOptions: driver?.Options ?? {},
    noCopy,
    // No computed key in a destructuring pattern: the serializer of dynamic providers does not see
    // its captured variables.
    ...(labels?.[siteLabel] === undefined ? { external: true as const } : {}),
  };
}
