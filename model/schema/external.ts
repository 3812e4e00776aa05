import { z } from "zod";

/**
 * Schema of `external`: `true`, or the name under which the thing is known. What the Swarm and the
 * engines take as a name.
 */
export const externalSchema = z
  .union([
    z.literal(true),
    z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/, "is not a name that Docker gives"),
  ])
  .meta({
    takes: "true, or a name",
    write:
      "write true for the same name, or the name that it has there; leave it out for what is the site's",
  });
