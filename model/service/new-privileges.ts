import { z } from "zod";
import type { Concept } from "./concept";

/**
 * Whether programs in a container may gain rights. A Docker Engine forbids it for all of its
 * containers or for none, so this is no field of a service of the Swarm: `render/daemon-json.ts`
 * makes a setting of the engines from it.
 */

/** Whether programs may gain rights, in the plan. */
export interface NewPrivilegesPlan {
  /** Absent: they may not, unless process 1 is systemd. */
  readonly newPrivileges?: true;
}

const schema = { newPrivileges: z.boolean().optional() };

/** The concept; see `concepts.ts`. */
export const newPrivileges: Concept<typeof schema, NewPrivilegesPlan> = {
  schema,
  plan: (service) => (service.newPrivileges === true ? { newPrivileges: true } : {}),
};

/**
 * Whether a service needs programs that gain rights: because it says so, or because it is a system
 * of its own, with `sudo`, `su` and the like.
 */
export function gainsPrivileges(service: {
  readonly newPrivileges?: true;
  readonly standalone: boolean;
}): boolean {
  return service.newPrivileges === true || service.standalone;
}
