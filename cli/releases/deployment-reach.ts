import type { Plan } from "../../model/plan";
import { servicesOf } from "./planned-service";

/** The services that a deployment of one service concerns. */
export interface DeploymentReach {
  /** The service and those that are rolled out with it. */
  readonly services: readonly string[];
  /** What the user must know about the others with the same image; a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Which services `hive deploy` rolls out: the named one, and the others that run the same image of
 * the site, so that an image has one release on a stage. Pure.
 *
 * @param deployed names of the services that the stage has
 * @param only leaves the others as they are
 */
export function deploymentReach(
  plan: Plan,
  name: string,
  deployed: readonly string[],
  only: boolean,
): DeploymentReach {
  const others = othersOfImage(plan, name);
  const present = others.filter((other) => deployed.includes(other));
  const missing = others.filter((other) => !deployed.includes(other));
  const isNew =
    missing.length === 0
      ? []
      : [
          `${subject(missing, "runs", "run")} the same image, but not on this stage yet: \`npx hive up --stack ${plan.stage}\` deploys ${missing.length === 1 ? "it" : "them"}.`,
        ];
  if (present.length === 0) return { services: [name], notes: isNew };
  const same = subject(present, "runs", "run");
  const keep = present.length === 1 ? "keeps its release" : "keep their release";
  return only
    ? {
        services: [name],
        notes: [
          `${same} the same image and ${keep} until \`npx hive up --stack ${plan.stage}\` (--only).`,
          ...isNew,
        ],
      }
    : {
        services: [name, ...present],
        notes: [
          `${same} the same image and ${present.length === 1 ? "is" : "are"} rolled out too; --only leaves ${present.length === 1 ? "it" : "them"} out.`,
          ...isNew,
        ],
      };
}

/** The other services that run a service's image, if the site builds it. */
export function othersOfImage(plan: Plan, name: string): readonly string[] {
  const image = plan.services.find((service) => service.name === name)?.image;
  if (image?.kind !== "build") return [];
  return servicesOf(plan, image.image).filter((other) => other !== name);
}

function subject(names: readonly string[], one: string, several: string): string {
  return `${names.join(", ")} ${names.length === 1 ? one : several}`;
}
