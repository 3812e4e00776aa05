import type { Plan } from "../../model/plan";
import type { StageOutputs } from "../hosts/outputs";
import type { ServiceContext } from "./swarm-facts";

/**
 * The facts about services in the outputs and the site.
 *
 * @param answers where services should answer, and whether they do
 * @param plan absent when the site cannot be planned at the moment: then only the deployed state is
 *   known
 */
export function serviceContext(
  outputs: StageOutputs,
  plan: Pick<Plan, "services" | "volumes"> | undefined,
  now: number,
  answers: Pick<ServiceContext, "addresses" | "routes"> = {},
): ServiceContext {
  const services = Object.entries(outputs.services);
  const releases = Object.values(outputs.images).flatMap((image) => image.releases);
  return {
    ...answers,
    deployed: Object.fromEntries(services.map(([name, { image }]) => [name, image])),
    builtAt: Object.fromEntries(releases.map(({ digest, builtAt }) => [digest, builtAt ?? ""])),
    ...(plan === undefined
      ? {}
      : {
          steps: Object.fromEntries(
            plan.services.map(({ name, initialize }) => [
              name,
              initialize.map((step) => step.name),
            ]),
          ),
          replicated: plan.volumes
            .filter((volume) => volume.kind === "replicated")
            .map(({ name }) => name),
        }),
    now,
  };
}
