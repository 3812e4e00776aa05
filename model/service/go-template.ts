/**
 * Finds what the Swarm refuses in a text that it expands as a Go template (swarmkit,
 * `template/context.go` and `template/template.go`, option `missingkey=error`). It tries a
 * service's texts before it accepts the service, and those of configs when a task starts. Pure.
 * Only certain errors are faults: unbalanced braces and blocks, unknown functions and fields.
 */

/** What is wrong with a template. */
export interface TemplateFault {
  readonly message: string;
  readonly remedy: string;
}

/**
 * The kind of text: texts of a service, or the content of a config, which has more functions.
 */
export type TemplatePlace = "service" | "config";

/**
 * Fields by name; a field without fields of its own is a text. `Labels` contains texts with names
 * that are unknown in advance.
 */
interface Fields {
  readonly [name: string]: Fields | "text" | "labels";
}

const fields: Fields = {
  Service: { ID: "text", Name: "text", Labels: "labels" },
  Node: { ID: "text", Hostname: "text", Platform: { Architecture: "text", OS: "text" } },
  Task: { ID: "text", Name: "text", Slot: "text" },
};

/** Functions of every Go template (text/template, "Functions"), and the one that swarmkit adds. */
const functions = new Set([
  ..."and call eq ge gt html index js le len lt ne not or print printf println slice urlquery".split(
    " ",
  ),
  "join",
]);

/** Functions of configs only. */
const configFunctions = new Set(["secret", "config", "env"]);

const words = new Set(["true", "false", "nil"]);

const openers = new Set(["if", "range", "with", "block", "define"]);

const literalBraces = 'for two braces that are text write {{"{{"}}';

/**
 * The fault of a text as a template; undefined when there is none, or none that is visible without
 * expanding it.
 */
export function templateFault(text: string, place: TemplatePlace): TemplateFault | undefined {
  const actions = actionsOf(text);
  if ("message" in actions) return actions;
  const open: string[] = [];
  for (const action of actions) {
    const [keyword = ""] = action.words;
    if (keyword === "end") {
      if (open.pop() === undefined) return blockFault(`{{end}} ends no block`);
      continue;
    }
    // Inside range and with, the dot is another value with other fields.
    const dotIsKnown = !open.some((opener) => opener !== "if");
    const fault = actionFault(action, place, dotIsKnown);
    if (fault !== undefined) return fault;
    if (openers.has(keyword)) open.push(keyword);
  }
  const unended = open.pop();
  return unended === undefined ? undefined : blockFault(`{{${unended}}} has no {{end}}`);
}

/**
 * The result of a template without blocks and functions, or undefined if only the Docker Engine
 * knows.
 */
export function expandedText(
  text: string,
  valueOf: (path: string) => string | undefined,
): string | undefined {
  let known = true;
  const expanded = text.replace(/\{\{-?\s*(.*?)\s*-?\}\}/gs, (_, action: string) => {
    const value = /^(\.[A-Za-z_]\w*)+$/.test(action) ? valueOf(action) : undefined;
    known = known && value !== undefined;
    return value ?? "";
  });
  return known ? expanded : undefined;
}

/** The text between two pairs of braces. */
interface Action {
  readonly text: string;
  /** Names without a dot or a dollar sign before them, in order: keywords and functions. */
  readonly words: readonly string[];
  /** Fields of the dot, e.g. `.Node.Hostname`. */
  readonly paths: readonly string[];
}

function actionsOf(text: string): readonly Action[] | TemplateFault {
  const actions: Action[] = [];
  let at = text.indexOf("{{");
  while (at >= 0) {
    const comment = /^\{\{(- )?\/\*.*?\*\/( -)?\}\}/s.exec(text.slice(at));
    const end = comment === null ? endOfAction(text, at + 2) : at + comment[0].length;
    if (end === undefined) {
      return {
        message: `has {{ without }}: the Swarm expands it as a Go template`,
        remedy: `close it, e.g. {{.Node.Hostname}}; ${literalBraces}`,
      };
    }
    if (comment === null) {
      const action = actionOf(text.slice(at + 2, end - 2));
      if (action.text === "") {
        return {
          message: "has {{}} with nothing in it: the Swarm expands it as a Go template",
          remedy: `name a field, e.g. {{.Node.Hostname}}; ${literalBraces}`,
        };
      }
      actions.push(action);
    }
    at = text.indexOf("{{", end);
  }
  return actions;
}

/** The place after the braces that end an action; braces inside its texts do not count. */
function endOfAction(text: string, from: number): number | undefined {
  const pattern = /"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|\}\}/gs;
  pattern.lastIndex = from;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match[0] === "}}") return match.index + 2;
  }
  return undefined;
}

function actionOf(inner: string): Action {
  const text = inner.replace(/^-\s|\s-$/g, "").trim();
  const bare = text.replace(/"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'/gs, " ");
  const names = bare.match(/\$?[\w]*(?:\.[A-Za-z_]\w*)+|\$\w*|[A-Za-z_]\w*/g) ?? [];
  return {
    text,
    words: names.filter((name) => /^[A-Za-z_]\w*$/.test(name)),
    // `$` is the whole, as the dot is outside of blocks.
    paths: names.flatMap((name) => (/^\$?\./.test(name) ? [name.replace("$", "")] : [])),
  };
}

function actionFault(
  { text, words: names, paths }: Action,
  place: TemplatePlace,
  dotIsKnown: boolean,
): TemplateFault | undefined {
  const isKeyword = (name: string, index: number): boolean =>
    index === 0 && (openers.has(name) || ["else", "template", "break", "continue"].includes(name));
  const unknown = names.find(
    (name, index) =>
      !isKeyword(name, index) &&
      !(names[0] === "else" && index === 1 && openers.has(name)) &&
      !words.has(name) &&
      !functions.has(name) &&
      !(place === "config" && configFunctions.has(name)),
  );
  if (unknown !== undefined) {
    return {
      message: `has {{${text}}}, but the Swarm's templates have no function '${unknown}'`,
      remedy: `name a field with a dot before it, e.g. {{.Node.Hostname}}; ${literalBraces}`,
    };
  }
  if (!dotIsKnown) return undefined;
  return paths.map(pathFault).find((fault) => fault !== undefined);
}

function pathFault(path: string): TemplateFault | undefined {
  let at: Fields | "text" | "labels" = fields;
  let before = "";
  for (const name of path.slice(1).split(".")) {
    if (at === "labels") {
      return {
        message: `has {{${path}}}, which the Swarm refuses: it tries the template without any labels`,
        remedy: `write {{index ${before} "${name}"}}`,
      };
    }
    const next: Fields | "text" | "labels" | undefined = at === "text" ? undefined : at[name];
    if (next === undefined) {
      const known = at === "text" ? [] : Object.keys(at);
      return {
        message: `has {{${path}}}, but there is no field '${name}' there`,
        remedy: `${
          known.length === 0
            ? `write {{${before}}}`
            : `write one of ${known.map((each) => `{{${before}.${each}}}`).join(", ")}`
        }; ${literalBraces}`,
      };
    }
    at = next;
    before = `${before}.${name}`;
  }
  return undefined;
}

function blockFault(what: string): TemplateFault {
  return {
    message: `is expanded as a Go template, in which ${what}`,
    remedy: `end each block once; ${literalBraces}`,
  };
}
