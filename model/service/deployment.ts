import { z } from "zod";
import { serviceNamesForm } from "../foreign/service-forms";
import { stageList } from "../schema/image";
import { reference } from "../schema/values";
import { stageNames } from "../values/names";
import { sortedUnique } from "../values/text-order";
import type { Concept } from "./concept";

/** The stages on which a service is deployed, and the services that it waits for. */

/** Deployment in the plan; a stage's plan has only the services that it runs. */
export interface DeploymentPlan {
  /** Names of services that must be ready first. */
  readonly dependsOn: readonly string[];
}

const schema = {
  availableOn: stageList
    .optional()
    .meta({ write: `write a list of ${stageNames.join(", ")}, or leave it out for all of them` }),
  dependsOn: z.array(reference).optional().meta({ foreignForm: serviceNamesForm }),
};

/** The concept; see `concepts.ts`. */
export const deployment: Concept<typeof schema, DeploymentPlan> = {
  schema,
  plan: ({ dependsOn = [], placement }) => ({
    // The server of a follower is known only when its leader's task has one.
    dependsOn: sortedUnique([
      ...dependsOn,
      ...(placement?.with === undefined ? [] : [placement.with]),
    ]),
  }),
};
