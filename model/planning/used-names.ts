import type { ImagePlan, ServicePlan } from "../plan";

/** The names of objects to which services and images of a stage refer: nothing else is created. */
export type UsedNames = Readonly<
  Record<"networks" | "volumes" | "secrets" | "configs", ReadonlySet<string>>
>;

/** Collects the references. */
export function usedNames(
  services: readonly ServicePlan[],
  images: readonly Pick<ImagePlan, "buildSecrets">[],
): UsedNames {
  return {
    networks: new Set(
      services.flatMap((service) => service.networks.map((attachment) => attachment.network)),
    ),
    volumes: new Set(
      services.flatMap((service) =>
        service.mounts.flatMap((mount) => (mount.kind === "volume" ? [mount.volume] : [])),
      ),
    ),
    secrets: new Set([
      ...services.flatMap((service) => [
        ...service.secrets.map((secret) => secret.name),
        ...service.initialize.flatMap((step) => step.secrets),
      ]),
      ...images.flatMap((image) => image.buildSecrets),
    ]),
    configs: new Set(services.flatMap((service) => service.configs.map((config) => config.name))),
  };
}
