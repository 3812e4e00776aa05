import { z } from "zod";

/** The option `baseImages` of fleets whose servers are machines of their own. */
export const baseImages = z
  .enum(["registry", "local"])
  .default("registry")
  .meta({
    description:
      "Where the repository server gets the base images of builds. `registry`: from their registry, such as Docker Hub. `local`: " +
      "from the Docker Engine of the computer that runs hive, for servers that reach no registry.",
  });
