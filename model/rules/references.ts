import { servicePath } from "../schema/check-site";
import { forEachService, unknownReference } from "./rule";

/** Networks, volumes, secrets and configs that a service names exist. */
export const referenceProblems = forEachService(({ name, service }, { site }) => [
  ...(service.networks ?? []).flatMap((network, index) =>
    typeof network === "string"
      ? unknownReference(site, "networks", network, servicePath(name, ["networks", index]))
      : unknownReference(
          site,
          "networks",
          network.name,
          servicePath(name, ["networks", index, "name"]),
        ),
  ),
  ...(service.volumes ?? []).flatMap((mount, index) =>
    mount.source.startsWith("/")
      ? []
      : unknownReference(
          site,
          "volumes",
          mount.source,
          servicePath(name, ["volumes", index, "source"]),
        ),
  ),
  ...(service.secrets ?? []).flatMap((secret, index) =>
    typeof secret === "string"
      ? unknownReference(site, "secrets", secret, servicePath(name, ["secrets", index]))
      : unknownReference(
          site,
          "secrets",
          secret.secret,
          servicePath(name, ["secrets", index, "secret"]),
        ),
  ),
  ...(service.configs ?? []).flatMap((config, index) =>
    unknownReference(
      site,
      "configs",
      config.config,
      servicePath(name, ["configs", index, "config"]),
    ),
  ),
  ...(service.initialize ?? []).flatMap((step, position) =>
    (step.secrets ?? []).flatMap((secret, index) =>
      unknownReference(
        site,
        "secrets",
        secret,
        servicePath(name, ["initialize", position, "secrets", index]),
      ),
    ),
  ),
]);
