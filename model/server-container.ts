import type { ServerContainer } from "./inventory";
import type { UlimitPlan } from "./service/kernel";
import type { LoggingPlan } from "./service/logging";
import type { DnsPlan } from "./service/names";
import type { StageName } from "./values/names";
import { bytesOf } from "./values/size";
import { present } from "./values/present";
import { compareText, sortedRecord } from "./values/text-order";

/**
 * What the site may change of a server that is a container, every default written out. What is
 * absent is left to the engine.
 */
export interface ServerContainerPlan {
  readonly labels: Readonly<Record<string, string>>;
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
  readonly cpus?: number;
  readonly sharedMemoryBytes?: number;
  readonly devices: readonly {
    readonly source: string;
    readonly target: string;
    readonly permissions: string;
  }[];
  readonly mounts: readonly {
    readonly source: string;
    readonly target: string;
    readonly readOnly: boolean;
  }[];
  readonly environment: Readonly<Record<string, string>>;
  readonly sysctls: Readonly<Record<string, string>>;
  readonly ulimits: readonly UlimitPlan[];
  readonly logging?: LoggingPlan;
  readonly dns: DnsPlan;
}

/** The container of a server as hive makes it, in the words of the inventory. */
export function serverContainer(
  stage: StageName,
  siteName: string,
  host: { readonly name: string },
): ServerContainer {
  return {
    // They are how leftovers of an interrupted run are recognised.
    labels: { "hive.site": siteName, "hive.stage": stage, "hive.host": host.name },
    tmpfs: { "/run": "rw,exec,mode=755", "/tmp": "rw,exec,mode=1777" },
  };
}

/** The plan of a server's container whose form is right. */
export function planServerContainer(container: ServerContainer): ServerContainerPlan {
  const { logging, dns } = container;
  return {
    labels: container.labels,
    tmpfs: container.tmpfs,
    ...present("memoryBytes", bytesOf(container.memory)),
    ...present("cpus", container.cpus),
    ...present("sharedMemoryBytes", bytesOf(container.sharedMemory)),
    devices: (container.devices ?? []).map(({ source, target = source, permissions = "rwm" }) => ({
      source,
      target,
      permissions,
    })),
    mounts: (container.mounts ?? []).map(({ source, target, readOnly = false }) => ({
      source,
      target,
      readOnly,
    })),
    environment: sortedRecord(container.environment ?? {}),
    sysctls: sortedRecord(container.sysctls ?? {}),
    ulimits: Object.entries(container.ulimits ?? {})
      .map(([name, { soft, hard }]) => ({ name, soft, hard }))
      .sort((left, right) => compareText(left.name, right.name)),
    ...(logging === undefined
      ? {}
      : { logging: { driver: logging.driver, options: sortedRecord(logging.options ?? {}) } }),
    dns: {
      servers: dns?.servers ?? [],
      search: dns?.search ?? [],
      options: dns?.options ?? [],
    },
  };
}
