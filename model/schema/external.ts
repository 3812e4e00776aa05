import { z } from "zod";

/**
 * Schema of `external`: `true`, or the real name of the object: any name that the Swarm and Docker
 * Engine accept.
 */
export const externalSchema = z
  .union([
    z.literal(true),
    z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/, "is not a valid Docker name"),
  ])
  .meta({
    takes: "true, or a name",
    write:
      "write true for the same name, or the object's real name; remove it for an object of the site",
  });
