import { z } from "zod";
import type { Concept } from "./concept";

/**
 * Whether a service may have what makes its programs root on the servers. It changes nothing in the
 * Swarm: `rules/root-access.ts` refuses services that have it without this word.
 */

/** Whether a service may be root on the servers, in the plan. */
export interface RootOnServersPlan {
  /** Absent: it may not. */
  readonly rootOnServers?: true;
}

const schema = { rootOnServers: z.boolean().optional() };

/** The concept; see `concepts.ts`. */
export const rootOnServers: Concept<typeof schema, RootOnServersPlan> = {
  schema,
  plan: (service) => (service.rootOnServers === true ? { rootOnServers: true } : {}),
};
