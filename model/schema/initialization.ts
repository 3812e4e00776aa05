import { z } from "zod";
import type { Backup } from "../inventory";
import {
  commandLine,
  exactlyOne,
  nameSchema,
  positiveDuration,
  projectPath,
  reference,
} from "./values";

/** Schema of `Initialization`. */
export const initializationSchema = z
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
      message: "runs the text of a script, and there is none",
      params: { remedy: "remove it, or write a script in the place of the command" },
    });
  });

/** Schema of {@link Backup}. */
export const backupSchema = z.strictObject({
  name: nameSchema,
  command: commandLine,
  restore: commandLine,
  keepDays: z.int().min(1).max(3650).optional(),
} satisfies Record<keyof Backup, z.ZodType>);
