import { z } from "zod";
import type { Backup } from "../inventory";
import { commandLine, nameSchema } from "../schema/values";
import { compareText } from "../values/text-order";
import type { Concept } from "./concept";

/** Logical backups of a service. */

/** A backup of a service. */
export interface BackupPlan {
  readonly name: string;
  readonly command: readonly string[];
  readonly restore: readonly string[];
  readonly keepDays: number;
}

/** Backups in the plan. */
export interface BackupsPlan {
  readonly backups: readonly BackupPlan[];
}

const backupSchema = z.strictObject({
  name: nameSchema,
  command: commandLine,
  restore: commandLine,
  keepDays: z.int().min(1).max(3650).optional(),
} satisfies Record<keyof Backup, z.ZodType>);

const schema = { backups: z.array(backupSchema).optional() };

/** The concept; see `concepts.ts`. */
export const backups: Concept<typeof schema, BackupsPlan> = {
  schema,
  plan: (service) => ({
    backups: (service.backups ?? [])
      .map(({ name, command, restore, keepDays = 14 }) => ({ name, command, restore, keepDays }))
      .sort((left, right) => compareText(left.name, right.name)),
  }),
};
