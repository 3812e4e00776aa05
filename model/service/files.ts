import { z } from "zod";
import { fileForm } from "../foreign/mount-forms";
import type { ConfigMount, SecretMount } from "../inventory";
import { absolutePath, isAbsolutePath, octalMode, reference, userNumber } from "../schema/values";
import { compareText } from "../values/text-order";
import type { SwarmConcept } from "./concept";
import type { EngineFile } from "../engine-api/service-spec";
import { fourDigits, fromMode, toMode } from "./units";

/** Secrets and configs that a service's tasks read as files. */

/** Path, owner and mode of a file in a task. */
export interface FileTarget {
  /** A name below `/run/secrets` for secrets, else an absolute path. */
  readonly target: string;
  readonly uid: number;
  readonly gid: number;
  /** Octal digits, e.g. `0444`. */
  readonly mode: string;
}

/** A secret or config as a file in a task. */
export interface FilePlan extends FileTarget {
  /** Name of the secret or config in the site. */
  readonly name: string;
}

/** Secrets and configs in the plan. */
export interface FilesPlan {
  readonly secrets: readonly FilePlan[];
  readonly configs: readonly FilePlan[];
}

/** A secret or config of the Swarm as a file in a task. */
export interface ServiceFile extends FileTarget {
  /** Id in the Swarm. */
  readonly id: string;
  /** Name in the Swarm; the Docker Engine requires both. */
  readonly name: string;
}

/** Secrets and configs in the Swarm. */
export interface ServiceFiles {
  readonly secrets: readonly ServiceFile[];
  readonly configs: readonly ServiceFile[];
}

const secretMountSchema = z
  .union([
    reference,
    z.strictObject({
      secret: reference,
      target: z
        .string()
        .refine(
          (text) => isAbsolutePath(text) || /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(text),
          "is neither a file name nor an absolute path",
        )
        .optional()
        .meta({ write: 'write a name below /run/secrets, e.g. "password", or an absolute path' }),
      uid: userNumber.optional(),
      gid: userNumber.optional(),
      mode: octalMode.optional(),
    } satisfies Record<keyof SecretMount, z.ZodType>),
  ])
  .meta({ foreignForm: fileForm("secret") });

const configMountSchema = z
  .strictObject({
    config: reference,
    target: absolutePath.optional(),
    uid: userNumber.optional(),
    gid: userNumber.optional(),
    mode: octalMode.optional(),
  } satisfies Record<keyof ConfigMount, z.ZodType>)
  .meta({
    foreignForm: fileForm("config"),
    write: 'write { config: "<name>", target: "/etc/…" }',
  });

const schema = {
  secrets: z.array(secretMountSchema).optional(),
  configs: z.array(configMountSchema).optional(),
};

/** The concept; see `concepts.ts`. */
export const files: SwarmConcept<typeof schema, FilesPlan, ServiceFiles> = {
  schema,
  plan: ({ secrets = [], configs = [] }) => ({
    secrets: secrets
      .map((secret) =>
        typeof secret === "string"
          ? planFile(secret, secret, {})
          : planFile(secret.secret, secret.target ?? secret.secret, secret),
      )
      .sort(byNameAndTarget),
    configs: configs
      .map((config) => planFile(config.config, config.target ?? `/${config.config}`, config))
      .sort(byNameAndTarget),
  }),
  fields: { secrets: "tasks", configs: "tasks" },
  normalize: (spec) => ({ secrets: sortFiles(spec.secrets), configs: sortFiles(spec.configs) }),
  toEngine: (spec) => ({
    container: {
      Secrets: spec.secrets.map((secret) => ({
        SecretID: secret.id,
        SecretName: secret.name,
        File: engineFile(secret),
      })),
      Configs: spec.configs.map((config) => ({
        ConfigID: config.id,
        ConfigName: config.name,
        File: engineFile(config),
      })),
    },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: container } }) => ({
    secrets: (container.Secrets ?? []).map(({ SecretID, SecretName, File }) =>
      fileOf(SecretID, SecretName, File),
    ),
    configs: (container.Configs ?? []).map(({ ConfigID, ConfigName, File }) =>
      fileOf(ConfigID, ConfigName, File),
    ),
  }),
};

function planFile(
  name: string,
  target: string,
  file: { readonly uid?: number; readonly gid?: number; readonly mode?: string },
): FilePlan {
  return {
    name,
    target,
    uid: file.uid ?? 0,
    gid: file.gid ?? 0,
    mode: fourDigits(file.mode ?? "0444"),
  };
}

function byNameAndTarget(left: FilePlan, right: FilePlan): number {
  return left.name === right.name
    ? compareText(left.target, right.target)
    : compareText(left.name, right.name);
}

function sortFiles(given: readonly ServiceFile[]): readonly ServiceFile[] {
  return given
    .map(({ id, name, target, uid, gid, mode }) => ({
      id,
      name,
      target,
      uid,
      gid,
      mode: fromMode(toMode(mode)),
    }))
    .sort((a, b) => compareText(a.target, b.target));
}

function engineFile({ target, uid, gid, mode }: ServiceFile): EngineFile {
  return { Name: target, UID: String(uid), GID: String(gid), Mode: toMode(mode) };
}

function fileOf(
  id: string | undefined,
  name: string | undefined,
  file: EngineFile | undefined,
): ServiceFile {
  return {
    id: id ?? "",
    name: name ?? "",
    target: file?.Name ?? "",
    uid: Number(file?.UID ?? 0),
    gid: Number(file?.GID ?? 0),
    mode: fromMode(file?.Mode ?? 0),
  };
}
