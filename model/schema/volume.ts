import { z } from "zod";
import { composeVolume } from "../foreign/compose";
import { builderReplicated, builderVolume } from "../foreign/hive-builder";
import { volumeForm } from "../foreign/parts-forms";
import type { DriverVolume, NfsVolume, ReplicatedVolume } from "../inventory/volume";
import { sizeBytes, sizeText } from "../values/size";
import { replicationMinors, replicationPorts } from "../values/stable-number";
import { externalSchema } from "./external";
import { checkGp3, gp3Settings } from "./instance";
import { absolutePath, exactlyOne, size, textRecord } from "./values";

/** Below these sizes, `mkfs` refuses, or creates a file system without a journal. */
const smallest = { ext4: 64 * 2 ** 20, xfs: 300 * 2 ** 20 };

const replicated = z
  .strictObject({
    size,
    filesystem: z.enum(["ext4", "xfs"]).optional(),
    ...gp3Settings,
    minor: z.int().min(replicationMinors.first).max(replicationMinors.last).optional(),
    port: z.int().min(replicationPorts.first).max(replicationPorts.last).optional(),
  } satisfies Record<keyof ReplicatedVolume, z.ZodType>)
  .meta({ foreignKeys: [builderReplicated] })
  .superRefine((volume, context) => {
    checkGp3(volume, context);
    const filesystem = volume.filesystem ?? "ext4";
    const least = smallest[filesystem];
    if ((sizeBytes(volume.size) ?? 0) >= least) return;
    context.addIssue({
      code: "custom",
      path: ["size"],
      message: `is too small for ${filesystem}`,
      params: { remedy: `write at least "${sizeText(least)}"` },
    });
  });

const nfs = z.strictObject({
  server: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, "is neither a host name nor an address")
    .meta({ write: "write a host name or an address" }),
  path: absolutePath,
  options: z
    .string()
    .regex(/^[^\s,]+(,[^\s,]+)*$/, "is not a list of mount options with commas")
    .optional()
    .meta({ write: 'write mount options as in fstab, e.g. "nfsvers=4.1,hard"' }),
} satisfies Record<keyof NfsVolume, z.ZodType>);

const driver = z.strictObject({
  name: z.string().min(1),
  options: textRecord.optional(),
} satisfies Record<keyof DriverVolume, z.ZodType>);

const kinds =
  '{ replicated: { size: "1GiB" } }, { local: {} }, { nfs: { server, path } }, { driver: { name } } or { external: true }';

/** Schema of `Volume`. */
export const volumeSchema = z
  .strictObject({
    replicated: replicated.optional(),
    local: z.strictObject({}).optional().meta({ write: "write {}" }),
    nfs: nfs.optional(),
    driver: driver.optional(),
    external: externalSchema.optional(),
  })
  .superRefine(exactlyOne(["replicated", "local", "nfs", "driver", "external"], kinds))
  .meta({
    write: `write ${kinds}`,
    foreignForm: volumeForm,
    foreignKeys: [composeVolume, builderVolume],
  });
