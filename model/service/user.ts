import { z } from "zod";
import { textForm } from "../foreign/text-forms";
import { absolutePath } from "../schema/values";
import { present } from "../values/present";
import { sortedUnique } from "../values/text-order";
import type { SwarmConcept } from "./concept";
import { text } from "./unless-empty";

/** The user of the program, and its working directory. */

/** The user in the plan. */
export interface UserPlan {
  readonly user?: string;
  readonly groups: readonly string[];
  readonly workingDirectory?: string;
}

const schema = {
  user: z.string().min(1).optional().meta({ foreignForm: textForm }),
  groups: z.array(z.string().min(1).meta({ foreignForm: textForm })).optional(),
  workingDirectory: z
    .union([z.literal("/"), absolutePath])
    .optional()
    .meta({ takes: "an absolute path", write: "write an absolute path" }),
};

/** The concept; see `concepts.ts`. */
export const user: SwarmConcept<typeof schema, UserPlan> = {
  schema,
  plan: (service) => ({
    ...present("user", service.user),
    groups: sortedUnique(service.groups ?? []),
    ...present("workingDirectory", service.workingDirectory),
  }),
  fields: { user: "tasks", groups: "tasks", workingDirectory: "tasks" },
  normalize: (spec) => ({
    ...text("user", spec.user),
    groups: spec.groups,
    ...text("workingDirectory", spec.workingDirectory),
  }),
  toEngine: (spec) => ({
    container: {
      ...(spec.user === undefined ? {} : { User: spec.user }),
      Groups: spec.groups,
      ...(spec.workingDirectory === undefined ? {} : { Dir: spec.workingDirectory }),
    },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: container } }) => ({
    user: container.User ?? "",
    groups: container.Groups ?? [],
    workingDirectory: container.Dir ?? "",
  }),
};
