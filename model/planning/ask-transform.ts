import { resolve } from "node:path";
import { isMap } from "../foreign/foreign-key";
import { type Problem, printableValue } from "../problem/problems";
import { sitePath } from "../schema/check-site";
import type { Transform } from "../inventory";
import { isStageValue } from "../stage-values";
import { placeInSite } from "../values/place-in-site";
import type { Fill } from "./fill-values";

/** A function of the site's transform. */
export type TransformKind = keyof Transform;

/** What a function of the site's transform returned, or what is wrong with it. */
export type Answer =
  { readonly returned: object; readonly problem?: undefined } | { readonly problem: Problem };

const project = resolve(__dirname, "..", "..");

/** A place in what a function of the site's transform returned, as it is named in problems. */
export function transformPath(
  kind: TransformKind,
  name: string,
  path: readonly PropertyKey[] = [],
): string {
  return sitePath([transformPlace(kind, name), ...path]);
}

function transformPlace(kind: TransformKind, name: string): string {
  return `transform.${kind}(${JSON.stringify(name)})`;
}

/**
 * Calls a function of the site's transform for one thing. The function gets a copy: only its result
 * counts.
 *
 * @param fill fills stage values into the result, which may contain them
 */
export function askTransform<Thing extends object, Context extends { readonly name: string }>(
  kind: TransformKind,
  transform: (thing: Thing, context: Context) => unknown,
  thing: Thing,
  context: Context,
  fill: Fill,
): Answer {
  const path = transformPath(kind, context.name);
  try {
    const returned = transform(copyOf(thing) as Thing, context);
    const fault = answerFault(kind, returned) ?? foreignFault(kind, context.name, returned);
    if (fault !== undefined) return { problem: { path, ...fault } };
    const { filled, problems } = fill(returned, [transformPlace(kind, context.name)]);
    const [problem] = problems;
    return problem === undefined ? { returned: filled as object } : { problem };
  } catch (error) {
    return {
      problem: {
        path,
        message: `the function threw ${errorText(error)}`,
        remedy: `correct transform.${kind}; hive calls it for every ${kind}, also for one without the attribute that it reads`,
      },
    };
  }
}

/** A copy of plain data. */
function copyOf(data: unknown): unknown {
  if (Array.isArray(data)) return Array.from(data as readonly unknown[], copyOf);
  return isMap(data)
    ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, copyOf(value)]))
    : data;
}

/** What is wrong with an answer before its parts are looked at. */
function answerFault(kind: TransformKind, returned: unknown): Omit<Problem, "path"> | undefined {
  const remedy = `return the ${kind}, also where nothing of it changes`;
  if (!isMap(returned)) {
    const value = printableValue(returned);
    return {
      ...(value === undefined ? {} : { value }),
      message: `the function returned ${returned === undefined ? "nothing" : `no ${kind}`}`,
      remedy,
    };
  }
  if (isLater(returned)) {
    return {
      message:
        "the function returned a promise or an Output; a plan is made before anything runs, of plain data",
      remedy: `${remedy}, from a function that is not async`,
    };
  }
  return undefined;
}

/** Whether something is a promise or an Output. A promise that fails later ends nothing here. */
function isLater(thing: unknown): boolean {
  if (!isMap(thing)) return false;
  const { then, apply } = thing as { then?: unknown; apply?: unknown };
  if (thing instanceof Promise) thing.catch(() => undefined);
  return typeof then === "function" || typeof apply === "function";
}

/** The first part of an answer that is not plain data; with its path. */
function foreignFault(kind: TransformKind, name: string, returned: unknown): Problem | undefined {
  const around = new Set<unknown>();
  const visit = (thing: unknown, path: readonly PropertyKey[]): Problem | undefined => {
    if (thing === undefined || thing === null || isStageValue(thing)) return undefined;
    const fault = (what: string): Problem => ({
      path: transformPath(kind, name, path),
      message: `is ${what}; a plan is made of plain data`,
      remedy: "return texts, numbers, true or false, lists and maps",
    });
    if (typeof thing !== "object") {
      const isPlain = ["string", "number", "boolean"].includes(typeof thing);
      return isPlain ? undefined : fault(`a ${typeof thing}`);
    }
    if (isLater(thing)) return fault("a promise or an Output");
    if (around.has(thing)) return fault("a part of itself");
    around.add(thing);
    for (const [key, part] of Object.entries(thing)) {
      const found = visit(part, [...path, Array.isArray(thing) ? Number(key) : key]);
      if (found !== undefined) return found;
    }
    around.delete(thing);
    return undefined;
  };
  return visit(returned, []);
}

function errorText(error: unknown): string {
  // An error of another context of JavaScript is no `Error` of this one.
  if (typeof error !== "object" || error === null || !("message" in error)) return String(error);
  const { name = "Error", message } = error as Error;
  const place = placeInSite(error as Error, project);
  return `${name}: ${message}${place === undefined ? "" : ` (${place})`}`;
}
