import { isMap } from "../foreign/foreign-key";
import type { Site, StageValue, ValueContents } from "../inventory";
import type { ValuePlan } from "../plan";
import { type Problem, printableValue } from "../problem/problems";
import { suggestion } from "../problem/suggestion";
import { pathText } from "../schema/check";
import { servicePath, sitePath } from "../schema/check-site";
import { declarationProblems } from "../schema/stage-value";
import { type FaultyStage, type Stage, stageFile } from "../stage/check-stage";
import { contentText, hasValueMark, isStageValue, withoutMarks } from "../stage-values";
import { compareText } from "../values/text-order";

/** A site with the stage's values filled in. */
export interface FilledSite {
  /**
   * The filled site. A value with a problem is not filled in, so that the form of its place is
   * wrong.
   */
  readonly site: Site;
  /** In alphabetical order. */
  readonly values: readonly ValuePlan[];
  readonly problems: readonly Problem[];
  /**
   * Completes a problem of the filled site with the value that caused it. Undefined if that value
   * already has a problem of its own.
   */
  readonly explained: (problem: Problem) => readonly Problem[];
  /** Fills the values into a part that was made later. */
  readonly fill: Fill;
}

/**
 * Fills the values of a stage into a part of a site.
 *
 * @param path of the part, as it is named in problems
 */
export type Fill = (
  part: unknown,
  path: readonly PropertyKey[],
) => { readonly filled: unknown; readonly problems: readonly Problem[] };

/** The facts about a value on this stage. */
interface Known {
  readonly declared: StageValue;
  /** Absent if it has a problem. */
  readonly plan?: ValuePlan;
}

/** A place of the site with a value, filled in or not. */
interface Origin {
  /** The printed path, without the file. */
  readonly place: string;
  readonly name: string;
  readonly isFilled: boolean;
}

/**
 * Fills the values of a stage into a site: into its attributes, its texts and its keys. Nothing of
 * the argument changes.
 */
export function fillValues(site: Site, stage: Stage | FaultyStage): FilledSite {
  const problems: Problem[] = [];
  const known = knownValues(site, stage, problems);
  const origins: Origin[] = [];
  const filled = isMap(site)
    ? (walk(site, [], { known, origins, problems, around: new Set() }) as Site)
    : site;
  return {
    site: filled,
    values: [...known.values()].flatMap(({ plan }) => (plan === undefined ? [] : [plan])),
    problems,
    explained: (problem) => explained(problem, origins, known, stage),
    fill: (part, path) => {
      const faults: Problem[] = [];
      const state = { known, origins, problems: faults, around: new Set() };
      return { filled: walk(part, path, state), problems: faults };
    },
  };
}

function knownValues(
  site: Site,
  stage: Stage | FaultyStage,
  problems: Problem[],
): ReadonlyMap<string, Known> {
  const declared = isMap(site) && isMap(site.values) ? Object.entries(site.values) : [];
  const given = "problems" in stage ? {} : stage.config.values;
  const known = new Map<string, Known>();
  for (const [name, value] of declared.sort(([left], [right]) => compareText(left, right))) {
    const faults = declarationProblems(name, value);
    problems.push(...faults);
    if (!isStageValue(value)) continue;
    const content = name in given ? given[name] : value.declaration.default;
    const isGiven = name in given;
    // The values of a stage with other wrong keys are unknown.
    const fault =
      faults.length > 0 || "problems" in stage
        ? undefined
        : contentProblem(value, content, isGiven, stage);
    if (fault !== undefined) problems.push(fault);
    if (faults.length > 0 || fault !== undefined || content === undefined) {
      known.set(name, { declared: value });
      continue;
    }
    const { type, description } = value.declaration;
    known.set(name, {
      declared: value,
      plan: { name, type, content, source: isGiven ? "stage" : "default", description },
    });
  }
  const names = declared.map(([name]) => name);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (!("problems" in stage))
    problems.push(...unknown.map((name) => unknownValue(name, names, stage)));
  return known;
}

/** How to write a value, by type. */
const words: Readonly<Record<keyof ValueContents, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  list: "a list of texts",
};

function contentProblem(
  { name, declaration: { type, description } }: StageValue,
  content: unknown,
  isGiven: boolean,
  stage: Stage,
): Problem | undefined {
  const path = `${stageFile(stage.name)}: hive:values.${name}`;
  if (content === undefined) {
    return {
      path,
      message: `is missing, and the site has no default for it: ${description}`,
      remedy: `write ${words[type]}, e.g. npx hive pulumi -- config set --stack ${stage.name} --path hive:values.${name} <value>; or declare a default in site/`,
    };
  }
  if (!isGiven || isOfType(content, type)) return undefined;
  const isUnquoted =
    type === "string" && (typeof content === "number" || typeof content === "boolean");
  return {
    path,
    value: printableValue(content) ?? "",
    message: `must be ${words[type]}`,
    remedy: isUnquoted
      ? `write it between quotes: ${name}: "${String(content)}"`
      : `write ${words[type]}`,
  };
}

function isOfType(content: unknown, type: keyof ValueContents): boolean {
  if (type === "list")
    return Array.isArray(content) && content.every((item) => typeof item === "string");
  return typeof content === type;
}

function unknownValue(name: string, names: readonly string[], stage: Stage): Problem {
  const meant = suggestion(name, names);
  const known =
    names.length === 0
      ? "the site declares none"
      : `the values of the site are ${names.join(", ")}`;
  return {
    path: `${stageFile(stage.name)}: hive:values.${name}`,
    message: "the site declares no value of this name",
    remedy:
      meant === undefined
        ? `remove it, or declare it in site/ with stageValues; ${known}`
        : `did you mean ${meant}? If not, remove it`,
  };
}

interface Walk {
  readonly known: ReadonlyMap<string, Known>;
  readonly origins: Origin[];
  readonly problems: Problem[];
  /** The objects that are being visited: an object may contain itself. */
  readonly around: Set<unknown>;
}

/** Returns the same object if it contains no value. */
function walk(thing: unknown, path: readonly PropertyKey[], state: Walk): unknown {
  if (isStageValue(thing)) return filledAttribute(thing, path, state);
  if (typeof thing === "string")
    return hasValueMark(thing) ? filledText(thing, path, state) : thing;
  const isList = Array.isArray(thing);
  if ((!isList && !isPlainMap(thing)) || state.around.has(thing)) return thing;
  state.around.add(thing);
  const entries = Object.entries(thing).map(([key, each]): [string, unknown, unknown] => {
    const inner = [...path, isList ? Number(key) : key];
    // The declarations themselves.
    if (path.length === 0 && key === "values") return [key, each, each];
    const name = !isList && hasValueMark(key) ? filledText(key, inner, state) : key;
    return [typeof name === "string" ? name : key, each, walk(each, inner, state)];
  });
  state.around.delete(thing);
  const isSame = entries.every(
    ([key, before, after], index) => before === after && key === Object.keys(thing)[index],
  );
  if (isSame) return thing;
  return isList
    ? entries.map(([, , after]) => after)
    : Object.fromEntries(entries.map(([key, , after]) => [key, after]));
}

function isPlainMap(thing: unknown): thing is Record<string, unknown> {
  if (!isMap(thing)) return false;
  const prototype: unknown = Object.getPrototypeOf(thing);
  return prototype === Object.prototype || prototype === null;
}

function filledAttribute(value: StageValue, path: readonly PropertyKey[], state: Walk): unknown {
  const plan = planOf(value.name, path, state, value);
  return plan === undefined ? value : plan.content;
}

/**
 * The text, or the placeholder of a value with a problem, which no schema accepts as a text.
 */
function filledText(text: string, path: readonly PropertyKey[], state: Walk): unknown {
  let isWhole = true;
  const filled = withoutMarks(text, (name) => {
    const plan = planOf(name, path, state);
    if (plan === undefined) isWhole = false;
    return plan === undefined ? "" : contentText(plan.content);
  });
  if (hasValueMark(filled)) {
    state.problems.push(changedMark(path));
    isWhole = false;
  }
  return isWhole ? filled : { value: "of the stage" };
}

function planOf(
  name: string,
  path: readonly PropertyKey[],
  { known, origins, problems }: Walk,
  value?: StageValue,
): ValuePlan | undefined {
  const each = known.get(name);
  const isDeclared = each !== undefined && (value === undefined || each.declared === value);
  if (!isDeclared) {
    problems.push(undeclared(name, path));
    origins.push({ place: pathText(path), name, isFilled: false });
    return undefined;
  }
  origins.push({ place: pathText(path), name, isFilled: each.plan !== undefined });
  return each.plan;
}

function located(path: readonly PropertyKey[]): string {
  const [part, name, ...rest] = path;
  return part === "services" && name !== undefined
    ? servicePath(String(name), rest)
    : sitePath(path);
}

function undeclared(name: string, path: readonly PropertyKey[]): Problem {
  return {
    path: located(path),
    message: `uses the stage value ${name}, which the site does not declare`,
    remedy: "pass the result of stageValues to defineSite, as values",
  };
}

function changedMark(path: readonly PropertyKey[]): Problem {
  return {
    path: located(path),
    message: "contains a changed stage value: the plan cannot fill it in",
    remedy: "use the value unchanged; declare the computed result as a value of its own",
  };
}

function explained(
  problem: Problem,
  origins: readonly Origin[],
  known: ReadonlyMap<string, Known>,
  stage: Stage | FaultyStage,
): readonly Problem[] {
  const place = problem.path.split(": ").slice(1).join(": ");
  const isWithin = (inner: string, outer: string): boolean =>
    inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
  const above = origins.filter((origin) => isWithin(place, origin.place));
  if (above.some(({ isFilled }) => !isFilled)) return [];
  // The path of a whole part of the site or a service says too little about its contents.
  const isSpecific = place.split(/[.[]/).length > 2;
  const inside = isSpecific ? origins.filter((origin) => isWithin(origin.place, place)) : [];
  const names = [...new Set([...above, ...inside].map(({ name }) => name))];
  if (names.length === 0) return [problem];
  const from = names.map((name) =>
    known.get(name)?.plan?.source === "stage"
      ? `${stageFile(stage.name)}: hive:values.${name}`
      : `the default of the value ${name}`,
  );
  return [{ ...problem, message: `${problem.message} (from ${from.join(" and ")})` }];
}
