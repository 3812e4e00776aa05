import { z } from "zod";
import type { SwarmConcept } from "./concept";

/** What a container has around its program: an init, its own file system, a terminal. */

/** The container in the plan. */
export interface ContainerPlan {
  readonly init: boolean;
  readonly readOnly: boolean;
  readonly tty: boolean;
}

const schema = {
  init: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  tty: z.boolean().optional(),
};

/** The concept; see `concepts.ts`. */
export const container: SwarmConcept<typeof schema, ContainerPlan> = {
  schema,
  plan: ({ init = false, readOnly = false, tty = false }) => ({ init, readOnly, tty }),
  fields: { init: "tasks", readOnly: "tasks", tty: "tasks" },
  normalize: ({ init, readOnly, tty }) => ({ init, readOnly, tty }),
  toEngine: ({ init, readOnly, tty }) => ({
    container: { Init: init, ReadOnly: readOnly, TTY: tty },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: there } }) => ({
    init: there.Init ?? false,
    readOnly: there.ReadOnly ?? false,
    tty: there.TTY ?? false,
  }),
};
