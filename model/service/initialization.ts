import { z } from "zod";
import type { Initialization } from "../inventory";
import {
  commandLine,
  exactlyOne,
  nameSchema,
  positiveDuration,
  projectPath,
  reference,
} from "../schema/values";
import { secondsOr } from "../values/duration";
import { present } from "../values/present";
import type { Concept } from "./concept";

/** The steps that load a service's initial data. `model/initialization` processes them. */

/** A step that loads initial data. */
export interface InitializationPlan {
  readonly name: string;
  readonly run:
    | { readonly kind: "command"; readonly command: readonly string[] }
    | {
        readonly kind: "script";
        /** Relative to the project's root. */
        readonly file: string;
        readonly interpreter: readonly string[];
      };
  /** Names of secrets, read from standard input, one per line. */
  readonly secrets: readonly string[];
  /** File, relative to the project's root, that follows the secrets on standard input. */
  readonly input?: string;
  readonly unless?: readonly string[];
  readonly user?: string;
  readonly deadlineSeconds: number;
}

/** Initial data in the plan. */
export interface InitializedPlan {
  readonly initialize: readonly InitializationPlan[];
}

const initializationSchema = z
  .strictObject({
    name: nameSchema,
    command: commandLine.optional(),
    script: projectPath.optional(),
    interpreter: commandLine.optional(),
    secrets: z.array(reference).optional(),
    input: projectPath.optional(),
    unless: commandLine.optional(),
    user: z.string().min(1).optional(),
    deadline: positiveDuration.optional(),
  })
  .superRefine(
    exactlyOne(["command", "script"], 'command: ["…"] or script: "site/services/ldap/load.sh"'),
  )
  .superRefine((step, context) => {
    if (step.interpreter === undefined || step.script !== undefined) return;
    context.addIssue({
      code: "custom",
      path: ["interpreter"],
      message: "runs the text of a script, but there is none",
      params: { remedy: "remove it, or write a script instead of the command" },
    });
  });

const schema = { initialize: z.array(initializationSchema).optional() };

/** The concept; see `concepts.ts`. */
export const initialization: Concept<typeof schema, InitializedPlan> = {
  schema,
  plan: (service) => ({ initialize: (service.initialize ?? []).map(planStep) }),
};

function planStep(step: Initialization): InitializationPlan {
  return {
    name: step.name,
    run:
      "command" in step
        ? { kind: "command", command: step.command }
        : {
            kind: "script",
            file: step.script,
            interpreter: step.interpreter ?? ["sh", "-c"],
          },
    secrets: step.secrets ?? [],
    ...present("input", step.input),
    ...present("unless", step.unless),
    ...present("user", step.user),
    deadlineSeconds: secondsOr(step.deadline, 300),
  };
}
