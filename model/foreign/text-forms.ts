import { Expression, plainText } from "./code-text";
import { type FormReader, isMap, type PastedForm } from "./foreign-key";
import { shownShell, shownValue, shownWords } from "./shown-text";

/** Forms of texts, commands and maps of texts in Compose files, for keys that hive has too. */

/** `A=b` as name and value; undefined for other texts. */
function assignment(text: unknown): readonly [string, string | undefined] | undefined {
  if (typeof text !== "string") return undefined;
  const [, name = "", rest] = /^([^=\s]+)(?:=([^]*))?$/.exec(text.trim()) ?? [];
  return name === "" ? undefined : [name, rest];
}

/** A Compose text, in which `$$` means `$`. */
function unescaped(text: string): string {
  return text.replaceAll("$$", "$");
}

/**
 * A list of `NAME=value` as a map. A name alone takes its value from the operator's shell.
 */
function recordOf(
  list: readonly unknown[],
  isName: RegExp,
): Readonly<Record<string, unknown>> | undefined {
  const pairs = list.map(assignment);
  if (!pairs.every((pair) => pair !== undefined && isName.test(pair[0]))) return undefined;
  return Object.fromEntries(
    (pairs as readonly (readonly [string, string | undefined])[]).map(([name, value]) => [
      name,
      value === undefined ? fromShell(name) : shownValue(name, unescaped(value)),
    ]),
  );
}

function fromShell(name: string): Expression {
  return new Expression(`process.env[${JSON.stringify(name)}] ?? ""`);
}

const variableName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const labelName = /^[^=\s]+$/;

/** `environment: ["A=b"]`. */
export const environmentForm: FormReader = (value) => {
  const becomes = Array.isArray(value) ? recordOf(value, variableName) : undefined;
  return becomes && { message: "is a list; here variables are a map", becomes };
};

/** `labels: ["a=b"]`, `sysctls: ["a=b"]`, options. */
export const recordForm: FormReader = (value) => {
  const becomes = Array.isArray(value) ? recordOf(value, labelName) : undefined;
  return becomes && { message: "is a list; here it is a map", becomes };
};

/**
 * A number, a switch or nothing in the place of a text, and a map in the place of a label's text.
 */
export const textForm: FormReader = (value, { key: name }) => {
  if (typeof value === "number" || typeof value === "boolean") {
    const becomes = shownValue(name, plainText(value));
    return { message: "must be text: in quotes", becomes };
  }
  if (value === null && variableName.test(name)) {
    return {
      message: "has no value; Compose takes it from the operator's shell",
      becomes: fromShell(name),
    };
  }
  return undefined;
};

/**
 * A number or a boolean among the words of a command. It is not repeated after a flag whose name
 * suggests a secret.
 */
export const wordForm: FormReader = (value, { key, beside }) => {
  if (typeof value !== "number" && typeof value !== "boolean") return undefined;
  const before = Number(key) === 0 ? "" : plainText(beside[String(Number(key) - 1)]);
  return { message: "must be text: in quotes", becomes: shownValue(before, plainText(value)) };
};

/** The text of a label, or of another key that takes any text; nested values become JSON. */
export const labelTextForm: FormReader = (value, place) => {
  if (!isMap(value) && !Array.isArray(value)) return textForm(value, place);
  const shown = shownTree(place.key, value);
  return {
    message: "is nested; the Docker Engine takes texts only",
    becomes: new Expression(`JSON.stringify(${codeOf(shown)})`),
    notes: ["the reader of the label parses it"],
  };
};

function shownTree(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => shownTree(name, each));
  if (isMap(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, shownTree(key, each)]),
    );
  }
  return typeof value === "string" ? shownValue(name, value) : value;
}

/** JSON is code. */
function codeOf(value: unknown): string {
  return JSON.stringify(value);
}

/**
 * Splits the text of a command into words like a shell; undefined for an unterminated quote.
 */
export function commandWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let rest = unescaped(text); rest !== "";) {
    const [piece = "", single, double, escaped] =
      /^(?:'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|\s+|[^\s'"\\]+)/.exec(rest) ?? [];
    if (piece === "") return undefined;
    rest = rest.slice(piece.length);
    if (/^\s/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + (single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? piece);
    }
  }
  return word === undefined ? words : [...words, word];
}

/**
 * `command: "a b"`, `entrypoint: "a b"`: Compose splits it into words, and no shell is involved.
 */
export const commandForm: FormReader = (value) => {
  const words = typeof value === "string" ? commandWords(value) : undefined;
  if (words === undefined || words.length === 0) {
    return value === null
      ? { message: "has no value", notes: ["remove it: then the image's own is used"] }
      : undefined;
  }
  const becomes = shownWords(words);
  return {
    message: "is one text; here program and arguments are a list, and no shell is involved",
    becomes,
  };
};

/** YAML reads numbers and booleans where Compose takes a word. */
function isWord(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

/**
 * Test of a health check in Compose as program and arguments; `none` when it switches the check
 * off.
 */
export function testCommand(test: unknown): readonly string[] | "none" | undefined {
  if (typeof test === "string") return ["sh", "-c", shownShell(unescaped(test))];
  if (!Array.isArray(test) || !test.every(isWord)) return undefined;
  const [kind = "", ...words] = test.map(plainText);
  if (kind === "NONE") return "none";
  if (kind === "CMD-SHELL") return ["sh", "-c", shownShell(unescaped(words.join(" ")))];
  const command = (kind === "CMD" ? words : [kind, ...words]).map(unescaped);
  return command.length === 0 ? undefined : shownWords(command);
}

/** `restart: "always"`. */
export const restartForm: FormReader = (value): PastedForm | undefined => {
  const [, kind = "", attempts] =
    /^(always|unless-stopped|on-failure|no|any|none)(?::([0-9]+))?$/.exec(
      value === false ? "no" : typeof value === "string" ? value : "",
    ) ?? [];
  const condition =
    { always: "any", "unless-stopped": "any", any: "any", no: "none", none: "none" }[kind] ?? kind;
  return condition === ""
    ? undefined
    : {
        message: "is one word; here it is a map",
        becomes: {
          condition,
          ...(attempts === undefined ? {} : { maxAttempts: Number(attempts) }),
        },
        ...(condition === "any" ? { notes: ["or leave it out: Swarm does that by default"] } : {}),
      };
};

/** `init: null`, `tmpfs: "/run"` and the like: one value instead of a list. */
export const listForm: FormReader = (value) =>
  typeof value === "string" && value !== ""
    ? { message: "is one text; here it is a list", becomes: [value] }
    : undefined;
