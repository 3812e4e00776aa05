import { z } from "zod";
import { composeSite } from "../foreign/compose";
import { builderSite } from "../foreign/hive-builder";
import type { Site } from "../inventory";
import { isDomainName } from "../values/names";

const parts = z.record(z.string(), z.unknown()).optional();

/** Schema of {@link Site} without the contents of its parts: those are checked one by one. */
export const siteSchema = z
  .strictObject({
    name: z
      .string()
      .refine(isDomainName, "is not a domain name of lower-case letters, digits and hyphens")
      .meta({ write: "write a domain name such as hive.example" }),
    // Checked one by one, before anything else: `model/planning/fill-values.ts`.
    values: parts,
    images: parts,
    networks: parts,
    volumes: parts,
    secrets: parts,
    configs: parts,
    services: parts,
  } satisfies Record<keyof Site, z.ZodType>)
  .meta({ foreignKeys: [builderSite, composeSite] });
