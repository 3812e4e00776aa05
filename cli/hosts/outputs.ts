import { z } from "zod";
import type { HostAccess } from "../../providers/transport/host-access";
import { exitCodes } from "../exit-codes";
import { Failure } from "../failure";

const access = z.object({
  name: z.string(),
  address: z.string(),
  port: z.number(),
  user: z.string(),
  hostKey: z.string(),
});

/**
 * What the `hive` command needs of a stack's outputs; `components/outputs.ts` says what they mean.
 */
const outputs = z.object({
  stage: z.string(),
  site: z.string(),
  phases: z.array(z.string()).default([]),
  hosts: z.array(
    z.object({
      name: z.string(),
      role: z.enum(["cluster", "repository"]),
      zone: z.string(),
      privateAddress: z.string(),
      publicAddress: z.string(),
      /** Absent in stacks of older versions. */
      missing: z.array(z.string()).default([]),
    }),
  ),
  services: z
    .record(
      z.string(),
      z.object({
        image: z.string(),
        endpoints: z.array(z.string()),
        /** Absent in stacks of older versions. */
        movingEndpoints: z.array(z.string()).default([]),
        /** Absent: it has none. */
        routes: z.array(z.string()).optional(),
      }),
    )
    .default({}),
  /**
   * Images that the site builds, by name; releases newest first. Absent in stacks of older
   * versions.
   */
  images: z
    .record(
      z.string(),
      z.object({
        reference: z.string(),
        releases: z
          .array(
            z.object({
              tag: z.string(),
              digest: z.string(),
              reference: z.string(),
              builtAt: z.string().optional(),
              kept: z.boolean().optional(),
            }),
          )
          .default([]),
      }),
    )
    .default({}),
  registry: z
    .object({ address: z.string().optional(), certificateEnd: z.string().optional() })
    .optional(),
  /** Absent in stacks of older versions. */
  operators: z.array(z.object({ name: z.string(), publicKey: z.string() })).default([]),
  access: z.array(access),
});

/** A stack's outputs, checked. */
export type StageOutputs = Omit<z.output<typeof outputs>, "access"> & {
  readonly access: readonly HostAccess[];
};

/**
 * How to reach the cluster hosts, in index order: each of them is a manager of the Swarm.
 */
export function clusterAccess({ hosts, access }: StageOutputs): StageOutputs["access"] {
  return access.filter(({ name }) =>
    hosts.some((host) => host.name === name && host.role === "cluster"),
  );
}

/**
 * Reads what `pulumi stack output --json` printed.
 *
 * @throws Failure when the stage is not up, or was brought up by another version of hive
 */
export function readOutputs(stage: string, raw: Readonly<Record<string, unknown>>): StageOutputs {
  if (Object.keys(raw).length === 0) throw notUp(stage);
  const parsed = outputs.safeParse(raw);
  if (parsed.success) {
    const { data } = parsed;
    // Stacks of older versions do not have it for each host.
    return { ...data, access: data.access.map((host) => ({ ...host, stage: data.stage })) };
  }
  const wrong = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new Failure(
    [
      `This version of hive cannot read the outputs of the stage ${stage}:`,
      ...wrong,
      `\`npx hive up --stack ${stage}\` writes them again.`,
    ].join("\n"),
  );
}

/** The failure of a command on a stage that is not up. */
export function notUp(stage: string): Failure {
  return new Failure(
    `The stage ${stage} is not up: its state has no servers.\nBring it up with \`npx hive up --stack ${stage}\`.`,
    exitCodes.failed,
  );
}
