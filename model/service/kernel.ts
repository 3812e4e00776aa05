import { z } from "zod";
import { ulimitForm } from "../foreign/service-forms";
import { recordForm, textForm } from "../foreign/text-forms";
import type { Ulimit } from "../inventory";
import { compareText, sortedRecord } from "../values/text-order";
import type { SwarmConcept } from "./concept";

/** Kernel settings of a container, and limits of its processes. */

/** Limit of processes. */
export interface UlimitPlan {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** Settings of the kernel in the plan. */
export interface KernelPlan {
  readonly sysctls: Readonly<Record<string, string>>;
  readonly ulimits: readonly UlimitPlan[];
}

/** Names that Docker Engine accepts in `--ulimit`: setrlimit(2), without `RLIMIT_`. */
const ulimitNames = [
  "as",
  "core",
  "cpu",
  "data",
  "fsize",
  "locks",
  "memlock",
  "msgqueue",
  "nice",
  "nofile",
  "nproc",
  "rss",
  "rtprio",
  "rttime",
  "sigpending",
  "stack",
];

/**
 * Kernel settings of namespaces besides those of `net.` and `fs.mqueue.` that Docker Engine accepts
 * (docker run, `--sysctl`).
 */
const sysctlNames = [
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.shm_rmid_forced",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
];

const limit = z.int().min(-1);

const ulimit = z
  .strictObject({ soft: limit, hard: limit } satisfies Record<keyof Ulimit, z.ZodType>)
  .superRefine(({ soft, hard }, context) => {
    if (hard === -1 || (soft !== -1 && soft <= hard)) return;
    context.addIssue({
      code: "custom",
      path: ["soft"],
      message: `is above the hard limit of ${hard}`,
      params: { remedy: `write at most ${hard}` },
    });
  })
  .meta({ foreignForm: ulimitForm });

const schema = {
  sysctls: z
    .record(
      z
        .string()
        .refine(
          (name) =>
            /^(net|fs\.mqueue)(\.[A-Za-z0-9_-]+)+$/.test(name) || sysctlNames.includes(name),
          "is not a kernel setting of a container: those begin with net. or fs.mqueue., or belong to System V IPC (kernel.sem, kernel.shm…, kernel.msg…)",
        ),
      z.string().meta({ foreignForm: textForm }),
    )
    .meta({ foreignForm: recordForm })
    .optional(),
  ulimits: z
    .record(
      z
        .string()
        .refine(
          (name) => ulimitNames.includes(name),
          `is not a Linux limit; the limits are ${ulimitNames.join(", ")}`,
        ),
      ulimit,
    )
    .optional(),
};

/** The concept; see `concepts.ts`. */
export const kernel: SwarmConcept<typeof schema, KernelPlan> = {
  schema,
  plan: (service) => ({
    sysctls: sortedRecord(service.sysctls ?? {}),
    ulimits: sortLimits(
      Object.entries(service.ulimits ?? {}).map(([name, { soft, hard }]) => ({ name, soft, hard })),
    ),
  }),
  fields: { sysctls: "tasks", ulimits: "tasks" },
  normalize: (spec) => ({ sysctls: spec.sysctls, ulimits: sortLimits(spec.ulimits) }),
  toEngine: (spec) => ({
    container: {
      Sysctls: spec.sysctls,
      Ulimits: spec.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: container } }) => ({
    sysctls: container.Sysctls ?? {},
    ulimits: (container.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({
      name: Name,
      soft: Soft ?? 0,
      hard: Hard ?? 0,
    })),
  }),
};

function sortLimits(limits: readonly UlimitPlan[]): readonly UlimitPlan[] {
  return limits
    .map(({ name, soft, hard }) => ({ name, soft, hard }))
    .sort((a, b) => compareText(a.name, b.name));
}
