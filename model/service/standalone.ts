import { z } from "zod";
import type { Concept } from "./concept";

/**
 * Whether a container is a small system of its own. `planning/systemd-container.ts` changes the
 * other concepts for it.
 */

/** Whether process 1 is systemd, in the plan. */
export interface StandalonePlan {
  /**
   * Process 1 is systemd. The other fields already contain its requirements (mounts, capabilities,
   * stop signal).
   */
  readonly standalone: boolean;
}

const schema = { standalone: z.boolean().optional() };

/** The concept; see `concepts.ts`. */
export const standalone: Concept<typeof schema, StandalonePlan> = {
  schema,
  plan: (service) => ({ standalone: service.standalone ?? false }),
};
