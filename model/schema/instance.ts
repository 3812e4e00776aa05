import { z } from "zod";
import { instanceType, rootDiskSize, tag } from "../../fleet/aws/options";
import type { InstanceDisk, ServerInstance, VolumeDisk } from "../inventory";
import { gp3, gp3Faults, type Gp3Settings } from "../volume/gp3";
import { size } from "./values";

/** Operations per second and throughput of a disk; what they may be together: {@link checkGp3}. */
export const gp3Settings = {
  iops: z.int().min(gp3.iops.least).max(gp3.iops.most).optional(),
  throughput: z.int().min(gp3.throughput.least).max(gp3.throughput.most).optional(),
};

/** Reports settings of a disk that do not fit together. */
export function checkGp3(disk: Gp3Settings, context: z.RefinementCtx): void {
  for (const { key, message, remedy } of gp3Faults(disk))
    context.addIssue({ code: "custom", path: [key], message, params: { remedy } });
}

/** Tags that hive sets itself, and those that AWS keeps for itself. */
const taken = /^(name$|hive:|aws:)/i;

const tags = z.record(
  z
    .string()
    .min(1)
    .max(128)
    .refine((name) => !taken.test(name), {
      message: "is a tag that hive or AWS sets itself",
      params: { remedy: "choose another name" },
    }),
  tag,
);

/** Schema of {@link ServerInstance}. */
export const serverInstanceSchema = z.strictObject({
  type: instanceType,
  rootDisk: z
    .strictObject({ size: rootDiskSize, ...gp3Settings } satisfies Record<
      keyof InstanceDisk,
      z.ZodType
    >)
    .superRefine(checkGp3),
  tags,
} satisfies Record<keyof ServerInstance, z.ZodType>);

/** Schema of {@link VolumeDisk}. */
export const volumeDiskSchema = z
  .strictObject({ size, ...gp3Settings, tags } satisfies Record<keyof VolumeDisk, z.ZodType>)
  .superRefine(checkGp3);
