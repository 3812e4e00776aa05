import { z } from "zod";
import { type Duration, durationSeconds } from "./duration";
import { isDnsLabel, isDomainName, stageNames } from "./names";
import { parseShortPort } from "./published-port";
import type { Image, Service, ShortPort, Site } from "./inventory";

/**
 * The schemas of the inventory, one for each interface of `site.ts` and `service.ts`. The types keep an editor honest,
 * the schemas a program that is run without the type checker.
 */

const duration = z.custom<Duration>(
  (value) => typeof value === "string" && durationSeconds(value) !== undefined,
  {
    message: "is not a length of time",
    params: { remedy: 'write a number and a unit (ms, s, m, h), e.g. "10s"' },
  },
);

const port = z.int().min(1).max(65535);

const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, "is not the name of an environment variable");

const shortPort = z.custom<ShortPort>(
  (value) => typeof value === "string" && parseShortPort(value) !== undefined,
  {
    message: "is not a published port",
    params: {
      remedy:
        'write a port from 1 to 65535, e.g. "80", "80:8080" (server:container) or "53:53/udp", or the long form with target and published',
    },
  },
);

const longPort = z.strictObject({
  target: port,
  published: port.optional(),
  protocol: z.enum(["tcp", "udp", "sctp"]).optional(),
  mode: z.enum(["host", "ingress"]).optional(),
});

const healthcheck = z.strictObject({
  command: z
    .array(z.string())
    .min(1)
    .meta({ write: 'write program and arguments, e.g. ["curl", "-fsS", "http://127.0.0.1/"]' }),
  interval: duration.optional(),
  timeout: duration.optional(),
  retries: z.int().min(1).max(100).optional(),
  startPeriod: duration.optional(),
});

const imageReference = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._:/-]*[a-z0-9](:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[a-f0-9]{64})?$/,
    "is not an image reference",
  );

/** Schema of {@link Service}. */
export const serviceSchema = z.strictObject({
  image: z.union([imageReference, z.strictObject({ build: z.string().min(1) })]).meta({
    write:
      'write a reference such as "docker.io/library/nginx@sha256:…", or { build: "<name>" } for an image of the site',
  }),
  availableOn: z
    .array(z.enum(stageNames))
    .min(1)
    .optional()
    .meta({ write: `write a list of ${stageNames.join(", ")}, or leave it out for all of them` }),
  mode: z
    .union([z.literal("global"), z.strictObject({ replicas: z.int().min(0).max(1000) })])
    .optional()
    .meta({ write: 'write "global" or { replicas: 2 }' }),
  environment: z.record(environmentName, z.string()).optional(),
  ports: z.array(z.union([shortPort, longPort])).optional(),
  hostname: z.string().min(1).max(255).optional(),
  labels: z
    .record(
      z
        .string()
        .refine(
          (key) => key !== "" && !key.startsWith("hive."),
          "labels that begin with hive. belong to hive",
        ),
      z.string(),
    )
    .optional(),
  healthcheck: healthcheck.optional(),
  stopGracePeriod: duration.optional(),
} satisfies Partial<Record<keyof Service, z.ZodType>>);

/** Schema of {@link Image}. */
export const imageSchema = z.strictObject({
  context: z
    .string()
    .min(1)
    .refine(
      (path) => !path.startsWith("/") && !path.split("/").includes(".."),
      "must lie inside the project",
    )
    .optional()
    .meta({ write: "write a folder relative to the project's root, e.g. site/images/webgate" }),
  buildArguments: z.record(environmentName, z.string()).optional(),
} satisfies Partial<Record<keyof Image, z.ZodType>>);

/** Name of a service or an image. */
export const nameSchema = z.string().refine(isDnsLabel, "is not a DNS label").meta({
  write:
    "write lower-case letters, digits and hyphens, at most 63, beginning and ending with a letter or digit",
});

/** Schema of {@link Site} without what stands inside its services and images: those are checked one by one. */
export const siteSchema = z.strictObject({
  name: z
    .string()
    .refine(isDomainName, "is not a domain name of lower-case letters, digits and hyphens")
    .meta({ write: "write a domain name such as hive.example" }),
  images: z.record(z.string(), z.unknown()).optional(),
  services: z.record(z.string(), z.unknown()).optional(),
} satisfies Partial<Record<keyof Site, z.ZodType>>);
