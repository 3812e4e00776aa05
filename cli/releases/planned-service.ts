import type { Plan, ServicePlan } from "../../model/plan";
import { unknownService } from "../tasks/running-tasks";

/** The service of a plan with this name. @throws Failure that suggests the near one */
export function planned(plan: Plan, name: string): ServicePlan {
  const found = plan.services.find((service) => service.name === name);
  if (found !== undefined) return found;
  throw unknownService(
    name,
    plan.services.map((service) => service.name),
    `${plan.stage} has no service`,
  );
}

/** Names of the services that run an image of the site. */
export function servicesOf(plan: Plan, image: string): readonly string[] {
  return plan.services
    .filter((service) => service.image.kind === "build" && service.image.image === image)
    .map(({ name }) => name);
}
