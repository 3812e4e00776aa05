import { z } from "zod";
import { hiveOutputs } from "../outputs/schema";
import { outputsVersion } from "../outputs/version";

/** What this page needs of a JSON schema. */
interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly additionalProperties?: Shape | boolean;
}

/**
 * The text of `docs/outputs-schema.md`: every output of a stack, made from the schema. Markdown,
 * ends with a newline.
 */
export function outputsSchemaPage(): string {
  // Unknown keys are ignored when outputs are read, which is how minor versions can add some.
  const schema = z.toJSONSchema(hiveOutputs, { io: "input" }) as Shape;
  return [
    "# Every output of a stack",
    "",
    "<!-- Made from outputs/schema.ts by `npm run docs`; edits here are lost. -->",
    "",
    `Version ${outputsVersion}. [Outputs](outputs.md) explains how to read them.`,
    "",
    ...Object.entries(schema.properties ?? {}).flatMap(([name, shape]) => [
      `## \`${name}\``,
      "",
      shape.description ?? "",
      "",
      ...fieldLines(shape),
    ]),
  ].join("\n");
}

/** The shape of an output, and a line for each field. */
function fieldLines(shape: Shape): readonly string[] {
  const rows = fieldRows(itemOf(shape), "");
  const table = rows.length === 0 ? [] : ["", "| Field | Type | Meaning |", "|---|---|---|", ...rows];
  return [`- type: ${kindOf(shape)}`, ...table, ""];
}

function fieldRows({ properties = {}, required = [] }: Shape, prefix: string): readonly string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const absent = required.includes(name) ? "" : " (can be absent)";
    const row = `| \`${prefix}${name}\` | ${kindOf(field)}${absent} | ${field.description ?? ""} |`;
    return [row, ...fieldRows(itemOf(field), `${prefix}${name}[].`)];
  });
}

/** The elements of a list or of a map; the shape itself if it is neither. */
function itemOf(shape: Shape): Shape {
  if (shape.items !== undefined) return shape.items;
  return isMap(shape) ? shape.additionalProperties : shape;
}

function isMap(shape: Shape): shape is Shape & { readonly additionalProperties: Shape } {
  return shape.properties === undefined && typeof shape.additionalProperties === "object";
}

function kindOf(shape: Shape): string {
  if (shape.enum !== undefined) return `one of ${shape.enum.map((each) => `\`${each}\``).join(", ")}`;
  if (shape.items !== undefined) return `list of ${plural(kindOf(shape.items))}`;
  if (isMap(shape)) return `map of ${plural(kindOf(shape.additionalProperties))} by name`;
  if (shape.properties !== undefined) return "record";
  return { string: "text", integer: "whole number", boolean: "true or false" }[shape.type ?? ""] ?? "value";
}

function plural(kind: string): string {
  return { text: "texts", record: "records" }[kind] ?? kind;
}
