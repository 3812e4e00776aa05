import { z } from "zod";
import { duration } from "../schema/values";
import { secondsOr } from "../values/duration";
import { present } from "../values/present";
import type { SwarmConcept } from "./concept";
import { fromNano, roundNano, toNano } from "./units";
import { text } from "./unless-empty";

/** How a task is asked to stop. */

/** How a task stops, in the plan. */
export interface StopPlan {
  readonly stopGracePeriodSeconds: number;
  readonly stopSignal?: string;
}

const schema = {
  stopGracePeriod: duration.optional(),
  stopSignal: z
    .string()
    .refine(isSignal, "is not a signal that Docker knows")
    .optional()
    .meta({ write: 'write a name such as "SIGQUIT"' }),
};

/** Docker Engine's default stop timeout, seconds; also the plan's. */
const usualGracePeriod = 10;

/** The concept; see `concepts.ts`. */
export const stop: SwarmConcept<typeof schema, StopPlan> = {
  schema,
  plan: (service) => ({
    stopGracePeriodSeconds: secondsOr(service.stopGracePeriod, usualGracePeriod),
    ...present("stopSignal", service.stopSignal),
  }),
  fields: { stopGracePeriodSeconds: "tasks", stopSignal: "tasks" },
  normalize: (spec) => ({
    stopGracePeriodSeconds: roundNano(spec.stopGracePeriodSeconds),
    ...text("stopSignal", spec.stopSignal),
  }),
  toEngine: (spec) => ({
    container: {
      ...(spec.stopSignal === undefined ? {} : { StopSignal: spec.stopSignal }),
      StopGracePeriod: toNano(spec.stopGracePeriodSeconds),
    },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: container } }) => ({
    stopGracePeriodSeconds:
      container.StopGracePeriod === undefined
        ? usualGracePeriod
        : fromNano(container.StopGracePeriod),
    stopSignal: container.StopSignal ?? "",
  }),
};

/**
 * Signals of signal(7) that Docker knows by name, without `SIG` (github.com/moby/sys,
 * `signal/signal_linux.go`).
 */
const signalNames = new Set(
  (
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN " +
    "TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX"
  ).split(" "),
);

/**
 * Whether Docker knows a signal by this name. It numbers real-time signals up to 15 after the first
 * and down to 14 before the last.
 */
function isSignal(text: string): boolean {
  const [, name = "", sign, offset] = /^SIG([A-Z0-9]+)(?:([+-])([1-9][0-9]?))?$/.exec(text) ?? [];
  if (offset === undefined) return signalNames.has(name);
  return sign === "+"
    ? name === "RTMIN" && Number(offset) <= 15
    : name === "RTMAX" && Number(offset) <= 14;
}
