import type { Service } from "../inventory";
import { concepts, type ServicePlan, together } from "../service/concepts";
import type { ServiceContext } from "../service/concept";
import { forSystemd } from "./systemd-container";

export type { ServiceContext } from "../service/concept";

/**
 * The normal form of a service whose form is right: every default is filled in, and lists whose
 * order does not matter are sorted. References to images, networks, volumes and so on are copied
 * unchecked; `model/rules` compares them with the site.
 */
export function planService(name: string, service: Service, context: ServiceContext): ServicePlan {
  const parts = concepts.map(({ plan }) => plan(service, { ...context, name }));
  const plan: ServicePlan = { name, ...together(parts) };
  return plan.standalone ? forSystemd(plan) : plan;
}
