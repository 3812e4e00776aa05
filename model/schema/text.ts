import { z } from "zod";
import type { FormReader, ForeignTable } from "../foreign/foreign-key";

/** Notes of a schema beyond its type; set with `.meta`. */
export interface SchemaNotes {
  /** One or more sentences for the reference page. */
  readonly description?: string | undefined;
  /** The accepted values, if the type alone does not say it, e.g. "a network in CIDR form". */
  readonly takes?: string | undefined;
  /** What to write, for the remedy of a problem, e.g. "write a CIDR such as 172.29.16.0/24". */
  readonly write?: string | undefined;
  /** Keys that other systems have in this map. */
  readonly foreignKeys?: readonly ForeignTable[] | undefined;
  /** Recognizes the forms that other systems have for this value. */
  readonly foreignForm?: FormReader | undefined;
  /** Default for the reader, if it is not a constant of the schema. */
  readonly defaultText?: string | undefined;
}

/** The schema inside `.optional()`, `.default()` and the like. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return unwrapped(schema.unwrap());
  }
  return schema;
}

/** The notes of a schema; those of an outer wrapper win over inner ones. */
export function notesOf(schema: z.core.$ZodType): SchemaNotes {
  const own = z.globalRegistry.get(schema) ?? {};
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return { ...notesOf(schema.unwrap()), ...own };
  }
  return own;
}

/**
 * The values that a schema accepts, in words: `a whole number from 1 to 60`,
 * `one of auto, direct, loopback`.
 */
export function typeText(schema: z.core.$ZodType): string {
  const { takes } = notesOf(schema);
  if (takes !== undefined) return takes;
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodEnum) return `one of ${inner.options.join(", ")}`;
  if (inner instanceof z.ZodLiteral)
    return [...inner.values].map((value) => JSON.stringify(value)).join(" or ");
  if (inner instanceof z.ZodNumber) {
    const kind = inner.format === "safeint" ? "a whole number" : "a number";
    const { minValue, maxValue } = inner;
    if (isBound(minValue) && isBound(maxValue)) return `${kind} from ${minValue} to ${maxValue}`;
    if (isBound(minValue)) return `${kind}, at least ${minValue}`;
    return kind;
  }
  if (inner instanceof z.ZodString) return "text";
  if (inner instanceof z.ZodBoolean) return "true or false";
  if (inner instanceof z.ZodArray) return `a list; each item ${typeText(inner.element)}`;
  if (inner instanceof z.ZodObject) {
    return `a map with the keys ${Object.keys(inner.shape).join(", ")}`;
  }
  if (inner instanceof z.ZodRecord) return "a map";
  if (inner instanceof z.ZodUnion) return inner.options.map(typeText).join(", or ");
  return "a value";
}

function isBound(value: number | null): value is number {
  return value !== null && Math.abs(value) < Number.MAX_SAFE_INTEGER;
}

/**
 * The schema at a path, following maps, lists, records and the matching branch of unions; undefined
 * if there is none.
 */
export function schemaAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) {
    const next = (inner.shape as Record<PropertyKey, z.core.$ZodType>)[step];
    return next === undefined ? undefined : schemaAt(next, rest);
  }
  if (inner instanceof z.ZodArray) return schemaAt(inner.element, rest);
  if (inner instanceof z.ZodRecord) return schemaAt(inner.valueType, rest);
  if (inner instanceof z.ZodUnion) {
    for (const option of inner.options) {
      const found = schemaAt(option, path);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * The dotted paths of all keys of a map schema, nested ones and those of all branches of a union
 * included: `swarm`, `swarm.heartbeatSeconds` …
 */
export function keyPaths(schema: z.core.$ZodType, prefix = ""): readonly string[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodUnion) {
    return inner.options.flatMap((option) => keyPaths(option, prefix));
  }
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Record<string, z.core.$ZodType>).flatMap(([key, value]) => [
    `${prefix}${key}`,
    ...keyPaths(value, `${prefix}${key}.`),
  ]);
}
