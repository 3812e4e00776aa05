import { z } from "zod";
import type { Concept } from "./concept";

/**
 * Whether a container is a small system of its own. What that changes in other concepts:
 * `planning/systemd-container.ts`.
 */

/** Whether process 1 is systemd, in the plan. */
export interface StandalonePlan {
  /**
   * Process 1 is systemd. What that needs (mounts, capabilities, stop signal) has been written into
   * the other fields.
   */
  readonly standalone: boolean;
}

const schema = { standalone: z.boolean().optional() };

/** The concept; see `concepts.ts`. */
export const standalone: Concept<typeof schema, StandalonePlan> = {
  schema,
  plan: (service) => ({ standalone: service.standalone ?? false }),
};
