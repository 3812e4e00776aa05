import { z } from "zod";
import { commandForm, environmentForm, textForm } from "../foreign/text-forms";
import { commandLine, environmentName } from "../schema/values";
import { present } from "../values/present";
import { compareText, sortedRecord } from "../values/text-order";
import type { SwarmConcept } from "./concept";
import { list } from "./unless-empty";

/** The program that a container runs, its arguments and its variables. */

/** The program in the plan. */
export interface CommandPlan {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const schema = {
  entrypoint: commandLine.optional().meta({ foreignForm: commandForm }),
  command: commandLine.optional().meta({ foreignForm: commandForm }),
  environment: z
    .record(environmentName, z.string().meta({ foreignForm: textForm }))
    .optional()
    .meta({ foreignForm: environmentForm }),
};

/** The concept; see `concepts.ts`. */
export const command: SwarmConcept<typeof schema, CommandPlan> = {
  schema,
  plan: (service) => ({
    ...present("entrypoint", service.entrypoint),
    ...present("command", service.command),
    environment: sortedRecord(service.environment ?? {}),
  }),
  fields: { entrypoint: "tasks", command: "tasks", environment: "tasks" },
  normalize: (spec) => ({
    ...list("entrypoint", spec.entrypoint),
    ...list("command", spec.command),
    environment: spec.environment,
  }),
  toEngine: ({ entrypoint, command: args, environment }) => ({
    container: {
      ...(entrypoint === undefined ? {} : { Command: entrypoint }),
      ...(args === undefined ? {} : { Args: args }),
      Env: Object.entries(environment)
        .map(([key, value]) => `${key}=${value}`)
        .sort(compareText),
    },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: container } }) => ({
    entrypoint: container.Command ?? [],
    command: container.Args ?? [],
    environment: Object.fromEntries((container.Env ?? []).map(splitVariable)),
  }),
};

/** `KEY=value`; a variable without `=` has an empty value. */
function splitVariable(variable: string): [string, string] {
  const at = variable.indexOf("=");
  return at < 0 ? [variable, ""] : [variable.slice(0, at), variable.slice(at + 1)];
}
