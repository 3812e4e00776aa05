import { z } from "zod";
import { composeConfig, composeSecret } from "../foreign/compose";
import type { GeneratedSecret } from "../inventory/secret";
import { contentLimit } from "../swarm/object-name";
import { externalSchema } from "./external";
import { exactlyOne, projectPath } from "./values";

const generated = z.strictObject({
  length: z.int().min(16).max(128).optional(),
  version: z.int().min(1).optional(),
} satisfies Record<keyof GeneratedSecret, z.ZodType>);

/** Schema of `Secret`. */
export const secretSchema = z
  .strictObject({
    generate: generated.optional(),
    fromStage: z.literal(true).optional(),
    external: externalSchema.optional(),
  })
  .superRefine(
    exactlyOne(
      ["generate", "fromStage", "external"],
      "{ generate: {} }, { fromStage: true } or { external: true }",
    ),
  )
  .meta({
    foreignKeys: [composeSecret],
    write: "write { generate: {} }, { fromStage: true } or { external: true }",
  });

/** Schema of `Config`. */
export const configSchema = z
  .strictObject({
    file: projectPath.optional(),
    content: z
      .string()
      .min(1)
      .refine(
        (text) => new TextEncoder().encode(text).length < contentLimit,
        "is not shorter than 500 KiB, the Swarm's limit",
      )
      .optional()
      .meta({ write: "write a text below 500 KiB, or put it into an image or a volume" }),
    template: z.boolean().optional(),
    external: externalSchema.optional(),
  })
  .superRefine(
    exactlyOne(
      ["file", "content", "external"],
      '{ file: "site/services/web/nginx.conf" }, { content: "…" } or { external: true }',
    ),
  )
  .meta({ foreignKeys: [composeConfig] });
