import { z } from "zod";

/** `hive:container`. */
export const containerOptions = z
  .strictObject({
    access: z
      .enum(["auto", "direct", "loopback"])
      .default("auto")
      .meta({
        description:
          "How this computer reaches the servers. `direct`: by their private addresses, as on Linux. `loopback`: " +
          "through ports on 127.0.0.1, as Docker Desktop on macOS and Windows needs it. `auto`: as the Docker Engine at " +
          "hand requires.",
      }),
    loopbackPortBase: z
      .int()
      .min(1024)
      .max(49_000)
      .default(20_000)
      .meta({
        description:
          "First port on 127.0.0.1 in `loopback` access. Port p of the server with index i is found at base + 1000·i + p " +
          "for p below 1000, and at base + 8000 + 1000·i + (p mod 1000) for the others.",
      }),
  })
  .prefault({})
  .meta({ description: "Options of the `container` fleet; an error on other fleets." });

/** Options of the `container` fleet, every default filled in. */
export type ContainerOptions = z.output<typeof containerOptions>;
