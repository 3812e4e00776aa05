import { z } from "zod";
import { portForm } from "../foreign/port-forms";
import type { Port, ShortPort } from "../inventory";
import { parseShortPort } from "./published-port";
import { portNumber } from "./values";

const shortPort = z.custom<ShortPort>(
  (value) => typeof value === "string" && parseShortPort(value) !== undefined,
  {
    message: "is not a published port",
    params: {
      remedy:
        'write a port from 1 to 65535, e.g. "80", "80:8080" (server:container) or "53:53/udp", or the long form with target and published',
    },
  },
);

const longPort = z.strictObject({
  target: portNumber,
  published: z.union([portNumber, z.literal("auto")]).optional(),
  protocol: z.enum(["tcp", "udp", "sctp"]).optional(),
  mode: z.enum(["host", "ingress"]).optional(),
} satisfies Record<keyof Port, z.ZodType>);

/** Schema of a published port, short or long. */
export const portSchema = z.union([shortPort, longPort]).meta({ foreignForm: portForm });
