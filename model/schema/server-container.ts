import { z } from "zod";
import type { ServerContainer, ServerDevice, ServerMount } from "../inventory";
import { kernel } from "../service/kernel";
import { logging } from "../service/logging";
import { names } from "../service/names";
import { absolutePath, environmentName, size, sizeFrom, textRecord } from "./values";

/** Where hive itself, or systemd, mounts something in every server. */
const takenTargets = ["/run", "/tmp", "/sys/fs/cgroup", "/var/lib/docker", "/var/lib/hive-shared"];

/** A path without slashes at its end. */
const plainPath = (path: string): string => path.replace(/\/+$/, "");

/** Whether a mount at this path would hide, or meet, something of the server itself. */
const isTaken = (path: string): boolean =>
  takenTargets.some((taken) => `${taken}/`.startsWith(`${plainPath(path)}/`));

const device = z.strictObject({
  source: absolutePath,
  target: absolutePath.optional(),
  permissions: z
    .string()
    .regex(/^(?!.*(.).*\1)[rwm]{1,3}$/, "is not made of the letters r, w and m")
    .optional()
    .meta({ write: 'write some of r, w and m, each once, e.g. "rw"' }),
} satisfies Record<keyof ServerDevice, z.ZodType>);

const mount = z.strictObject({
  source: absolutePath,
  target: absolutePath.refine(
    (path) => !isTaken(path),
    "is a path at or above which the server has something else",
  ),
  readOnly: z.boolean().optional(),
} satisfies Record<keyof ServerMount, z.ZodType>);

const tmpfsPath = absolutePath.refine(
  (path) => ["/run", "/tmp"].includes(path) || !isTaken(path),
  "is a path at or above which the server has something else",
);

/** Schema of {@link ServerContainer}. */
export const serverContainerSchema = z
  .strictObject({
    labels: textRecord,
    tmpfs: z.record(tmpfsPath, z.string()).refine((paths) => "/run" in paths && "/tmp" in paths, {
      message: "has not both of /run and /tmp, without which systemd does not start",
      params: { remedy: 'add to what is there, e.g. { ...server.tmpfs, "/scratch": "rw" }' },
    }),
    memory: sizeFrom("512MiB", "the least with which a server works").optional(),
    cpus: z.number().min(0.01).optional(),
    sharedMemory: size.optional(),
    devices: z.array(device).optional(),
    mounts: z
      .array(mount)
      .refine(
        (mounts) => new Set(mounts.map(({ target }) => plainPath(target))).size === mounts.length,
        "has two mounts at one path",
      )
      .optional()
      .meta({ write: "give each mount a target of its own" }),
    environment: z.record(environmentName, z.string()).optional(),
    sysctls: kernel.schema.sysctls,
    ulimits: kernel.schema.ulimits,
    logging: logging.schema.logging,
    dns: names.schema.dns,
  } satisfies Record<keyof ServerContainer, z.ZodType>)
  .superRefine(({ tmpfs, mounts = [] }, context) => {
    const used = Object.keys(tmpfs).map(plainPath);
    mounts.forEach(({ target }, index) => {
      if (!used.includes(plainPath(target))) return;
      context.addIssue({
        code: "custom",
        path: ["mounts", index, "target"],
        input: target,
        message: "has a tmpfs as well",
      });
    });
  });
