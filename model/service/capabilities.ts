import { z } from "zod";
import type { Capabilities } from "../inventory";
import { suggestion } from "../problem/suggestion";
import { sortedUnique } from "../values/text-order";
import type { SwarmConcept } from "./concept";

/** Kernel capabilities of the program, beyond or below Docker's default set. */

/** Capabilities in the plan. */
export interface CapabilitiesPlan {
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
}

/** capabilities(7), without `CAP_`. */
const capabilityNames = [
  "AUDIT_CONTROL",
  "AUDIT_READ",
  "AUDIT_WRITE",
  "BLOCK_SUSPEND",
  "BPF",
  "CHECKPOINT_RESTORE",
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "IPC_LOCK",
  "IPC_OWNER",
  "KILL",
  "LEASE",
  "LINUX_IMMUTABLE",
  "MAC_ADMIN",
  "MAC_OVERRIDE",
  "MKNOD",
  "NET_ADMIN",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_RAW",
  "PERFMON",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYSLOG",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_CHROOT",
  "SYS_MODULE",
  "SYS_NICE",
  "SYS_PACCT",
  "SYS_PTRACE",
  "SYS_RAWIO",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "WAKE_ALARM",
];

const capability = z.string().superRefine((text, context) => {
  const name = text.toUpperCase().replace(/^CAP_/, "");
  const known = ["ALL", ...capabilityNames];
  if (known.includes(name)) return;
  const meant = suggestion(name, known);
  context.addIssue({
    code: "custom",
    message: "is not a capability of Linux",
    params: {
      remedy:
        meant === undefined
          ? "write a name of capabilities(7), e.g. NET_ADMIN"
          : `did you mean ${meant}?`,
    },
  });
});

const schema = {
  capabilities: z
    .strictObject({
      add: z.array(capability).optional(),
      drop: z.array(capability).optional(),
    } satisfies Record<keyof Capabilities, z.ZodType>)
    .superRefine((value, context) => {
      value.add?.forEach((name, index) => {
        if (value.drop?.includes(name) !== true) return;
        context.addIssue({
          code: "custom",
          path: ["add", index],
          message: "is dropped as well",
          params: { remedy: "remove it from add or from drop" },
        });
      });
    })
    .optional(),
};

/** The concept; see `concepts.ts`. */
export const capabilities: SwarmConcept<typeof schema, CapabilitiesPlan> = {
  schema,
  plan: ({ capabilities: wanted }) => ({
    capabilities: { add: kernelNames(wanted?.add ?? []), drop: kernelNames(wanted?.drop ?? []) },
  }),
  fields: { capabilities: "tasks" },
  normalize: (spec) => ({
    capabilities: {
      add: kernelNames(spec.capabilities.add),
      drop: kernelNames(spec.capabilities.drop),
    },
  }),
  toEngine: (spec) => ({
    container: { CapabilityAdd: spec.capabilities.add, CapabilityDrop: spec.capabilities.drop },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: container } }) => ({
    capabilities: { add: container.CapabilityAdd ?? [], drop: container.CapabilityDrop ?? [] },
  }),
};

/**
 * For Docker Engine `cap_net_admin`, `CAP_NET_ADMIN` and `NET_ADMIN` are the same; it returns them
 * in any order.
 */
function kernelNames(given: readonly string[]): readonly string[] {
  return sortedUnique(given.map((name) => name.toUpperCase().replace(/^CAP_/, "")));
}
