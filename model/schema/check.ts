import type { z } from "zod";
import { isMap, type PastedForm } from "../foreign/foreign-key";
import { type ForeignKeyWords, foreignKeyWords, formWords } from "../foreign/pasted-text";
import { type Problem, printableValue } from "../problem/problems";
import { keyPaths, notesOf, schemaAt, typeText } from "./text";
import { suggestion } from "../problem/suggestion";

/** The result of checking a value: the value, or its problems. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      /**
       * Other systems from which the value certainly comes, because of its keys or forms.
       */
      readonly systems: readonly string[];
    };

/** How problems name a checked value. */
export interface CheckOptions {
  /** The printed path of a place inside the value. */
  readonly locate: (path: readonly PropertyKey[]) => string;
  /** Whether the value at a place may be a secret and must not be printed. Default: none. */
  readonly secret?: (path: readonly PropertyKey[]) => boolean;
  /** Name of the checked service, volume … Default: none. */
  readonly name?: string;
}

/**
 * Checks a value against a schema; every issue becomes a {@link Problem} with a path, the value and
 * a remedy.
 */
export function check<S extends z.ZodType>(
  schema: S,
  input: unknown,
  options: CheckOptions,
): Checked<z.output<S>> {
  const result = schema.safeParse(input);
  if (result.success) return { ok: true, value: result.data };
  const context: Context = {
    ...options,
    schema,
    input,
    misspelt: new Set(),
    told: new Map(),
    keys: new Map(),
    systems: new Set(),
  };
  const problems = result.error.issues
    .flatMap((issue) => faultsOf(issue, []))
    .flatMap((fault) => problemsOfFault(fault, context));
  return {
    ok: false,
    problems: problems.filter((problem) => !isConsequence(problem, context)).map(withoutPlaces),
    systems: [...context.systems],
  };
}

/** Details of our own rules, passed through zod to the problem. */
export interface RuleParams {
  /** What to write instead. */
  readonly remedy?: string;
  /** Keys, one of which is missing. */
  readonly missing?: readonly string[];
}

interface Context extends CheckOptions {
  readonly schema: z.core.$ZodType;
  readonly input: unknown;
  /**
   * Places of keys that exist under another name, mistyped or of another system: collected during
   * the check.
   */
  readonly misspelt: Set<string>;
  /** Checked values in another system's form, by place. */
  readonly told: Map<string, { readonly form: PastedForm | undefined; isTold: boolean }>;
  /** Messages for the keys of other systems, by the place of their map. */
  readonly keys: Map<string, ReadonlyMap<string, ForeignKeyWords>>;
  readonly systems: Set<string>;
}

/** A problem, with the places of keys; any of them would fix it. */
interface FoundProblem extends Problem {
  readonly missing?: readonly string[];
}

function withoutPlaces({ path, value, message, remedy }: FoundProblem): Problem {
  return { path, ...(value === undefined ? {} : { value }), message, remedy };
}

/** Whether a key is missing only because its name is mistyped, which is a problem of its own. */
function isConsequence(problem: FoundProblem, context: Context): boolean {
  return problem.missing?.some((place) => context.misspelt.has(place)) ?? false;
}

/** One finding of a schema: an issue at a place, or one unknown key there. */
interface Fault {
  readonly issue: z.core.$ZodIssue;
  readonly path: readonly PropertyKey[];
  /** The unknown key of the map at the path. */
  readonly key?: string;
}

function faultsOf(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): readonly Fault[] {
  const path = [...base, ...issue.path];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ issue, path, key }));
  if (issue.code === "invalid_union") {
    const branch = bestBranch(issue.errors);
    if (branch !== undefined) return branch.flatMap((nested) => faultsOf(nested, path));
  }
  return [{ issue, path }];
}

/**
 * The branch of a union that was meant: one that complains only about places inside the value; else
 * one that takes the value's type. None when the value fits no branch at all.
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

function problemsOfFault(fault: Fault, context: Context): readonly FoundProblem[] {
  const { issue, path, key } = fault;
  return (
    pastedProblems(fault, context) ?? [
      key === undefined
        ? plainProblem(issue, path, context)
        : unknownKeyProblem(key, path, context),
    ]
  );
}

/**
 * The problem of an outer value in another system's form; empty for further faults of the same
 * value. Undefined when there is none.
 */
function pastedProblems(
  { path, key }: Fault,
  context: Context,
): readonly FoundProblem[] | undefined {
  for (let length = 0; length <= path.length; length++) {
    const place = path.slice(0, length);
    const told = formAt(place, context);
    const inside = path[length] ?? key;
    const { form } = told;
    if (form === undefined) continue;
    if (form.covers !== undefined && inside !== undefined && !form.covers.includes(String(inside)))
      continue;
    if (form.system !== undefined) context.systems.add(form.system);
    if (told.isTold) return [];
    told.isTold = true;
    const found = valueAt(context.input, place);
    return [
      {
        path: context.locate(place),
        ...valueField(found, place, context),
        ...formWords(form, place.at(-1) ?? 0),
      },
    ];
  }
  return undefined;
}

/** The other system's form of the value at a place. */
function formAt(
  place: readonly PropertyKey[],
  context: Context,
): { readonly form: PastedForm | undefined; isTold: boolean } {
  const id = JSON.stringify(place);
  const kept = context.told.get(id);
  if (kept !== undefined) return kept;
  const schema = schemaAt(context.schema, place);
  const read = schema === undefined ? undefined : notesOf(schema).foreignForm;
  const value = valueAt(context.input, place);
  const beside = valueAt(context.input, place.slice(0, -1));
  const form =
    value === undefined
      ? undefined
      : read?.(value, {
          name: context.name ?? "",
          key: String(place.at(-1) ?? ""),
          beside: Array.isArray(beside)
            ? { ...(beside as readonly unknown[]) }
            : isMap(beside)
              ? beside
              : {},
        });
  const told = { form, isTold: false };
  context.told.set(id, told);
  return told;
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
  const foreign = foreignKeysAt(path, context).get(key);
  if (foreign !== undefined) {
    const [system, ...others] = foreign.systems;
    if (system !== undefined && others.length === 0) context.systems.add(system);
    for (const here of foreign.writes) context.misspelt.add(context.locate([...path, here]));
    const { message, remedy } = foreign;
    return { path: context.locate([...path, key]), message, remedy };
  }
  const parent = schemaAt(context.schema, path);
  const known = parent === undefined ? [] : keyPaths(parent);
  const meant = suggestion(key, known);
  if (meant !== undefined) context.misspelt.add(context.locate([...path, meant]));
  // The value of an unknown key may be anything, even a password: it is not printed.
  return unknownKey(context.locate([...path, key]), known, meant);
}

/** The keys of other systems in the map at a place. */
function foreignKeysAt(
  path: readonly PropertyKey[],
  context: Context,
): ReadonlyMap<string, ForeignKeyWords> {
  const id = JSON.stringify(path);
  const kept = context.keys.get(id);
  if (kept !== undefined) return kept;
  const schema = schemaAt(context.schema, path);
  const value = valueAt(context.input, path);
  const tables = schema === undefined ? [] : (notesOf(schema).foreignKeys ?? []);
  const words = isMap(value)
    ? foreignKeyWords(tables, value, context.name ?? "")
    : new Map<string, ForeignKeyWords>();
  context.keys.set(id, words);
  return words;
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
