import { z } from "zod";
import { duration, positiveDuration, reference } from "../../model/schema/values";

/** Keys of a step that say what it does; each step has one of them. */
export const actions = [
  "kill-zone",
  "stop-server",
  "heal",
  "run",
  "fault",
  "wait-until",
  "wait",
] as const;

/** What `wait-until` waits for. */
export const conditions = ["all services run", "all movable services run"] as const;

/** A call of AWS, as `setFaults` knows it. */
const call = z
  .string()
  .regex(/^[a-z0-9]+:(\*|[A-Za-z0-9]+)$/, "is no call of AWS")
  .meta({
    takes: "a call of AWS",
    write: "write service:Action, e.g. ec2:RunInstances, or ec2:* for all of a service",
  });

/** An error that the emulated AWS answers with. */
const faultSchema = z.strictObject({
  call,
  code: z.string().min(1).meta({ write: "write the error's code, e.g. RequestLimitExceeded" }),
  message: z.string().default("The rehearsal's scenario says so."),
  status: z.int().min(400).max(599).default(503),
  times: z.int().min(1).max(1000),
});

const stepSchema = z
  .strictObject({
    "kill-zone": z
      .string()
      .min(1)
      .meta({ write: "write a zone of the stage, its last letter, or worst" })
      .optional(),
    "stop-server": reference.meta({ write: "write a server of the stage, e.g. hive1" }).optional(),
    heal: z.literal("all").optional(),
    run: z
      .string()
      // A space at an end would be an empty word of the command.
      .trim()
      .regex(/^[a-z]/, "is no command of hive")
      .meta({ write: "write a command of hive without npx hive, e.g. up --yes" })
      .optional(),
    fault: faultSchema.optional(),
    "wait-until": z.enum(conditions).optional(),
    wait: positiveDuration.optional(),
    within: positiveDuration.optional(),
    "exit-codes": z.array(z.int().min(0).max(255)).min(1).optional(),
  })
  .superRefine((step, context) => {
    const given = actions.filter((action) => step[action] !== undefined);
    const refuse = (message: string, remedy: string, missing?: readonly string[]): void =>
      context.addIssue({
        code: "custom",
        message,
        params: { remedy, ...(missing === undefined ? {} : { missing }) },
      });
    const remedy = `write one of ${actions.join(", ")}; further things are steps of their own`;
    // A mistyped key is told once, and not as a missing one too.
    if (given.length === 0) refuse("says nothing to do", remedy, actions);
    if (given.length > 1) refuse(`does several things: ${given.join(", ")}`, remedy);
    if (step.within !== undefined && step.run === undefined && step["wait-until"] === undefined)
      refuse("has a limit, within, that this step does not need", "remove within");
    if (step["exit-codes"] !== undefined && step.run === undefined)
      refuse("has exit-codes, and runs no command", "remove exit-codes");
  })
  .meta({ takes: `a step: a map with one of ${actions.join(", ")}` });

/** The form of a scenario file. */
export const scenarioSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "is no name of a scenario")
    .meta({ write: "write 1 to 40 small letters, digits and hyphens" }),
  description: z.string().min(1),
  watch: z
    .strictObject({
      services: z.array(reference).min(1).optional(),
      every: positiveDuration.default("1s"),
    })
    .prefault({}),
  steps: z.array(stepSchema).min(1),
  expect: z
    .strictObject({
      maximumOutage: duration.optional(),
      lost: z.array(reference).default([]),
    })
    .prefault({}),
});

/** A step as the file has it, checked: exactly one of {@link actions} is there. */
export type Step = z.output<typeof stepSchema>;

/** A scenario, checked, with every default. */
export type Scenario = z.output<typeof scenarioSchema>;
