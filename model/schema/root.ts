import { z } from "zod";
import { composeSite } from "../foreign/compose";
import { builderSite } from "../foreign/hive-builder";
import type { Gate, GateCertificate, GatePorts, Site, Transform } from "../inventory";
import { isDomainName } from "../values/names";
import { portNumber, reference } from "./values";

const transformFunction = z
  .custom<(...inputs: never[]) => unknown>((value) => typeof value === "function", {
    message: "is not a function",
    params: { remedy: "write a function of plain data that returns what it was given, changed" },
  })
  .optional()
  .meta({ takes: "a function" });

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
    gate: z
      .strictObject({
        // A rule checks whether it exists.
        login: reference.optional(),
        ports: z
          .strictObject({
            http: portNumber.optional(),
            https: portNumber.optional(),
          } satisfies Record<keyof GatePorts, z.ZodType>)
          .optional(),
        certificate: z
          .strictObject({
            chain: reference,
            key: reference,
          } satisfies Record<keyof GateCertificate, z.ZodType>)
          .optional(),
      } satisfies Record<keyof Gate, z.ZodType>)
      .optional(),
    // What it returns is checked when the plan is made: `model/planning/transform-services.ts`.
    transform: z
      .strictObject({
        service: transformFunction,
        server: transformFunction,
        instance: transformFunction,
        disk: transformFunction,
      } satisfies Record<keyof Transform, z.ZodType>)
      .optional(),
  } satisfies Record<keyof Site, z.ZodType>)
  .meta({ foreignKeys: [builderSite, composeSite] });
