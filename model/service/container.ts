import { z } from "zod";
import type { SwarmConcept } from "./concept";

/**
 * The surroundings of a container's program: an init, its own file system, a terminal, an input.
 */

/** The container in the plan. */
export interface ContainerPlan {
  readonly init: boolean;
  readonly readOnly: boolean;
  readonly tty: boolean;
  /** Absent: the program's standard input is empty. */
  readonly stdinOpen?: true;
}

const schema = {
  init: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  tty: z.boolean().optional(),
  stdinOpen: z.boolean().optional(),
};

/** The concept; see `concepts.ts`. */
export const container: SwarmConcept<typeof schema, ContainerPlan> = {
  schema,
  plan: ({ init = false, readOnly = false, tty = false, stdinOpen = false }) => ({
    init,
    readOnly,
    tty,
    ...(stdinOpen ? { stdinOpen } : {}),
  }),
  fields: { init: "tasks", readOnly: "tasks", tty: "tasks", stdinOpen: "tasks" },
  normalize: ({ init, readOnly, tty, stdinOpen = false }) => ({
    init,
    readOnly,
    tty,
    ...(stdinOpen ? { stdinOpen } : {}),
  }),
  toEngine: ({ init, readOnly, tty, stdinOpen = false }) => ({
    container: {
      Init: init,
      ReadOnly: readOnly,
      TTY: tty,
      ...(stdinOpen ? { OpenStdin: stdinOpen } : {}),
    },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: there } }) => ({
    init: there.Init ?? false,
    readOnly: there.ReadOnly ?? false,
    tty: there.TTY ?? false,
    ...(there.OpenStdin === true ? { stdinOpen: true } : {}),
  }),
};
