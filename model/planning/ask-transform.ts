import { resolve } from "node:path";
import { isMap } from "../foreign/foreign-key";
import { type Problem, printableValue } from "../problem/problems";
import { sitePath } from "../schema/check-site";
import type { Transform } from "../inventory";
import { placeInSite } from "../values/place-in-site";

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
  return sitePath([`transform.${kind}(${JSON.stringify(name)})`, ...path]);
}

/**
 * Asks a function of the site's transform about one thing. It gets a copy, so that it changes
 * nothing but what it returns.
 *
 * @param name of the thing
 */
export function askTransform<Thing extends object, Context extends { readonly name: string }>(
  kind: TransformKind,
  transform: (thing: Thing, context: Context) => unknown,
  thing: Thing,
  context: Context,
): Answer {
  const path = transformPath(kind, context.name);
  try {
    const returned = transform(copyOf(thing) as Thing, context);
    const fault = answerFault(kind, returned);
    return fault === undefined ? { returned: returned as object } : { problem: { path, ...fault } };
  } catch (error) {
    return {
      problem: {
        path,
        message: `the function threw ${errorText(error)}`,
        remedy: `mend transform.${kind}; it is asked about every ${kind}, also about one that lacks what it looks at`,
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
  if (typeof returned["then"] === "function" || typeof returned["apply"] === "function") {
    return {
      message:
        "the function returned a promise or an Output; a plan is made before anything runs, of plain data",
      remedy: `${remedy}, from a function that is not async`,
    };
  }
  return undefined;
}

function errorText(error: unknown): string {
  // An error of another context of JavaScript is no `Error` of this one.
  if (typeof error !== "object" || error === null || !("message" in error)) return String(error);
  const { name = "Error", message } = error as Error;
  const place = placeInSite(error as Error, project);
  return `${name}: ${message}${place === undefined ? "" : ` (${place})`}`;
}
