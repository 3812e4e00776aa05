import { z } from "zod";
import { ulimitForm } from "../foreign/service-forms";
import { recordForm, textForm } from "../foreign/text-forms";
import type { Capabilities, Ulimit } from "../inventory";
import { suggestion } from "../problem/suggestion";

/** Schemas of what a service says about the Linux kernel. */

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

/** Names that the engine takes in `--ulimit`: setrlimit(2), without `RLIMIT_`. */
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

/** Kernel settings of namespaces beyond those of `net.` and `fs.mqueue.`: the ones that the engine takes (docker run, `--sysctl`). */
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

/** signal(7), without `SIG`: the ones that Docker knows by name (github.com/moby/sys, `signal/signal_linux.go`). */
const signalNames = new Set(
  (
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN " +
    "TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX"
  ).split(" "),
);

/** Whether Docker knows a signal by this name. Of the real-time signals it counts 15 from the first and 14 back from the last. */
export function isSignal(text: string): boolean {
  const [, name = "", sign, offset] = /^SIG([A-Z0-9]+)(?:([+-])([1-9][0-9]?))?$/.exec(text) ?? [];
  if (offset === undefined) return signalNames.has(name);
  return sign === "+"
    ? name === "RTMIN" && Number(offset) <= 15
    : name === "RTMAX" && Number(offset) <= 14;
}

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

/** Schema of {@link Capabilities}. */
export const capabilities = z
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
  });

/** Schema of kernel settings. */
export const sysctls = z
  .record(
    z
      .string()
      .refine(
        (name) => /^(net|fs\.mqueue)(\.[A-Za-z0-9_-]+)+$/.test(name) || sysctlNames.includes(name),
        "is no kernel setting of a container's own: those begin with net. or fs.mqueue., or are of System V IPC (kernel.sem, kernel.shm…, kernel.msg…)",
      ),
    z.string().meta({ foreignForm: textForm }),
  )
  .meta({ foreignForm: recordForm });

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

/** Schema of limits of processes. */
export const ulimits = z.record(
  z
    .string()
    .refine(
      (name) => ulimitNames.includes(name),
      `is not a limit that Linux has: ${ulimitNames.join(", ")}`,
    ),
  ulimit,
);
