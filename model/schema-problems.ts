import type { z } from "zod";
import { type Problem, printableValue } from "./problems";
import { keyPaths, notesOf, schemaAt, typeText } from "./schema-text";
import { suggestion } from "./suggestion";

/** The result of checking a value: what it is, or what is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** How a checked value is named in problems. */
export interface CheckOptions {
  /** The printed path of a place inside the value. */
  readonly locate: (path: readonly PropertyKey[]) => string;
  /** Whether the value at a place may be a secret and is not to be printed. Default: none. */
  readonly secret?: (path: readonly PropertyKey[]) => boolean;
}

/** Checks a value against a schema; every issue becomes a {@link Problem} with a path, the value and a remedy. */
export function check<S extends z.ZodType>(
  schema: S,
  input: unknown,
  options: CheckOptions,
): Checked<z.output<S>> {
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const context = { ...options, schema, input, misspelt: new Set<string>() };
  const problems = result.error.issues.flatMap((issue) => problemsOfIssue(issue, [], context));
  return {
    ok: false,
    problems: problems.filter((problem) => !isConsequence(problem, context)).map(withoutPlaces),
  };
}

/** Details of a rule of our own, handed through zod to the problem. */
export interface RuleParams {
  /** What to write instead. */
  readonly remedy?: string;
  /** Keys one of which is missing. */
  readonly missing?: readonly string[];
}

interface Context extends CheckOptions {
  readonly schema: z.core.$ZodType;
  readonly input: unknown;
  /** Places of keys that are there under a name with a typing error: collected on the way. */
  readonly misspelt: Set<string>;
}

/** A problem, with the places of keys any of which would put it right. */
interface FoundProblem extends Problem {
  readonly missing?: readonly string[];
}

function withoutPlaces({ path, value, message, remedy }: FoundProblem): Problem {
  return { path, ...(value === undefined ? {} : { value }), message, remedy };
}

/** Whether a key is missing only because its name has a typing error, which is told by itself. */
function isConsequence(problem: FoundProblem, context: Context): boolean {
  return problem.missing?.some((place) => context.misspelt.has(place)) ?? false;
}

function problemsOfIssue(
  issue: z.core.$ZodIssue,
  base: readonly PropertyKey[],
  context: Context,
): readonly FoundProblem[] {
  const path = [...base, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKeyProblem(key, path, context));
  }
  if (issue.code === "invalid_union") {
    const branch = bestBranch(issue.errors);
    if (branch !== undefined) {
      return branch.flatMap((nested) => problemsOfIssue(nested, path, context));
    }
  }
  return [plainProblem(issue, path, context)];
}

/**
 * The branch of a union that was meant: one that complains about places inside the value only; else one that takes the
 * value's type. None when the value fits no branch at all.
 */
function bestBranch(branches: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const isAboutInside = (issue: z.core.$ZodIssue): boolean =>
    issue.path.length > 0 || issue.code === "unrecognized_keys";
  const isAboutType = (issue: z.core.$ZodIssue): boolean =>
    issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
  return (
    branches.find((issues) => issues.every(isAboutInside)) ??
    branches.find((issues) => !issues.some(isAboutType))
  );
}

function plainProblem(
  issue: z.core.$ZodIssue,
  path: readonly PropertyKey[],
  context: Context,
): FoundProblem {
  const schema = schemaAt(context.schema, path);
  const found = valueAt(context.input, path);
  const expected = schema === undefined ? "another value" : typeText(schema);
  const notes = schema === undefined ? {} : notesOf(schema);
  const params: RuleParams = issue.code === "custom" ? (issue.params ?? {}) : {};
  const missing =
    params.missing?.map((key) => context.locate([...path, key])) ??
    (found === undefined ? [context.locate(path)] : []);
  return {
    path: context.locate(path),
    ...valueField(found, path, context),
    message: messageOf(issue, found, expected),
    remedy:
      issue.code === "invalid_key"
        ? "choose another name"
        : (params.remedy ?? notes.write ?? `write ${expected}`),
    ...(missing.length === 0 ? {} : { missing }),
  };
}

function messageOf(issue: z.core.$ZodIssue, found: unknown, expected: string): string {
  if (issue.code === "custom" || issue.code === "invalid_format") return issue.message;
  if (issue.code === "invalid_key")
    return issue.issues[0]?.message ?? "is not a name for a key here";
  if (issue.code === "too_small" && (found === "" || Array.isArray(found)))
    return "must not be empty";
  return found === undefined ? `is missing; it takes ${expected}` : `must be ${expected}`;
}

function unknownKeyProblem(key: string, path: readonly PropertyKey[], context: Context): Problem {
  const parent = schemaAt(context.schema, path);
  const known = parent === undefined ? [] : keyPaths(parent);
  const notes = parent === undefined ? {} : notesOf(parent);
  const meant = notes.otherNames?.[key] ?? suggestion(key, known);
  if (meant !== undefined) context.misspelt.add(context.locate([...path, meant]));
  // The value of a key that we do not know may be anything, a password too: it is not printed.
  return unknownKey(context.locate([...path, key]), known, meant);
}

/**
 * The problem of a key that does not exist.
 *
 * @param known dotted paths of all keys
 * @param meant the one that was probably meant
 */
export function unknownKey(
  path: string,
  known: readonly string[],
  meant: string | undefined,
): Problem {
  const top = known.filter((candidate) => !candidate.includes("."));
  return {
    path,
    message: "there is no such key",
    remedy:
      meant === undefined
        ? `remove it; the keys here are ${top.join(", ")}`
        : `did you mean \`${meant}\`? If not, remove it`,
  };
}

function valueField(
  found: unknown,
  path: readonly PropertyKey[],
  context: Context,
): { value?: string } {
  if (context.secret?.(path) === true) return {};
  const value = printableValue(found);
  return value === undefined ? {} : { value };
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = input;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** A path inside a value as it is written in code: `ports[0].published`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, position) => {
      if (typeof step === "number") return `[${step}]`;
      return position === 0 ? String(step) : `.${String(step)}`;
    })
    .join("");
}
