import { z } from "zod";
import { notesOf, typeText, unwrapped } from "../model/schema/text";
import { stageSchema } from "../model/stage/schema";

/**
 * The text of `docs/stage-options.md`: every key of a stage's configuration, made from the schema.
 * Markdown, ends with a newline.
 */
export function stageOptionsPage(): string {
  return [
    "# Stage options",
    "",
    "<!-- Made from model/stage/schema.ts by `npm run docs`; edits here are lost. -->",
    "",
    "Settings that differ between stages are in `Pulumi.<stage>.yaml`, under `config:`. Everything else",
    "belongs to the site and is in `site/`. An unknown key, a wrong type and values that do not fit",
    "together are errors: hive lists all of them before it changes anything, each with the key, the",
    "value and what to write instead. `npx hive plan` shows the result.",
    "",
    "```yaml",
    "config:",
    "  hive:fleet: container",
    "  hive:cidr: 172.29.16.0/24",
    "  hive:swarm:",
    "    heartbeatSeconds: 2",
    "```",
    "",
    "Write a key inside another one as above, or set it with",
    "`pulumi config set --path hive:swarm.heartbeatSeconds 2`. Only the values of `hive:secrets` and",
    "`hive:oneTimePasswords` are secret and must be encrypted; any other encrypted value is an error.",
    "",
    ...section(stageSchema, ""),
  ].join("\n");
}

function section(schema: z.ZodObject, prefix: string): readonly string[] {
  return Object.entries(schema.shape as Record<string, z.core.$ZodType>).flatMap(([key, value]) =>
    entry(`${prefix}${key}`, value),
  );
}

function entry(path: string, schema: z.core.$ZodType): readonly string[] {
  const notes = notesOf(schema);
  const inner = unwrapped(schema);
  const head = [
    `${path.includes(".") ? "###" : "##"} \`hive:${path}\``,
    "",
    notes.description ?? "",
    "",
  ];
  if (inner instanceof z.ZodObject) return [...head, ...section(inner, `${path}.`)];
  return [
    ...head,
    `- takes: ${typeText(schema)}`,
    `- default: ${defaultText(schema, notes.defaultText)}`,
    "",
    ...(inner instanceof z.ZodRecord && inner.valueType instanceof z.ZodObject
      ? section(inner.valueType, `${path}.<name>.`)
      : []),
  ];
}

function defaultText(schema: z.core.$ZodType, text: string | undefined): string {
  if (text !== undefined) return text;
  if (schema instanceof z.ZodDefault)
    return `\`${JSON.stringify(schema.def.defaultValue).replace(/^"(.*)"$/, "$1")}\``;
  return schema instanceof z.ZodOptional ? "none" : "none; it has to be given";
}
