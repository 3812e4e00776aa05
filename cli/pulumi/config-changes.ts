import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, parseDocument, stringify } from "yaml";
import { mergeConfig } from "./config-file";
import { commandAt } from "./pulumi-arguments";

/**
 * Commands below `pulumi config` that write values into the stage's configuration; `config` alone
 * lists it. `cp` writes another stage's file, `env` the list of environments, which hive does not
 * use.
 */
const writing = new Set(["set", "set-all", "rm", "rm-all", "refresh"]);

/**
 * Whether a command line of Pulumi changes the stage's configuration, in the file that hive gives
 * it.
 *
 * @param args as after `pulumi`
 */
export function changesConfig(args: readonly string[]): boolean {
  const at = commandAt(args);
  return args[at] === "config" && args.slice(at + 1).some((argument) => writing.has(argument));
}

/**
 * Copies the values that a command changed in the generated configuration to the committed file.
 * Nothing else is written there: comments, order and other changes stay. The salt of the secrets
 * stays in the generated file.
 *
 * @param committed text of `Pulumi.<stage>.yaml`
 * @param before text of the generated configuration before the command
 * @param after its text after the command
 * @returns the new text of `Pulumi.<stage>.yaml`; the same text when no value changed
 */
export function withConfigChanges(committed: string, before: string, after: string): string {
  return changesBetween(valuesOf(before), valuesOf(after), ["config"]).reduce(applied, committed);
}

/**
 * Copies the settings of the encryption too, if the committed file has none: in a state that a team
 * shares, Pulumi may have created a salt with the first secret, and without it nobody else could
 * read that secret.
 *
 * @returns the new text; the same text when there is nothing to copy
 */
export function withEncryption(committed: string, generated: string): string {
  const merged = mergeConfig({ committed, generated });
  return isDeepStrictEqual(contentOf(merged), contentOf(committed)) ? committed : merged;
}

interface Change {
  /** Keys from the top of the document. */
  readonly path: readonly string[];
  /** Nothing: the value is removed. */
  readonly value: unknown;
}

/**
 * The changes, as deep as both sides are maps. A key of the configuration is removed with its last
 * value.
 */
function changesBetween(before: unknown, after: unknown, path: readonly string[]): Change[] {
  if (isDeepStrictEqual(asTexts(before), asTexts(after))) return [];
  if (!isPlainMap(before) || !isPlainMap(after) || isSecret(before) || isSecret(after))
    return [{ path, value: after }];
  if (path.length > 1 && Object.keys(after).length === 0) return [{ path, value: undefined }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    changesBetween(before[key], after[key], [...path, key]),
  );
}

/**
 * Numbers and booleans as texts: Pulumi writes every value that it did not change as one, `3` as
 * `"3"`.
 */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (isPlainMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asTexts(inner)]));
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

/**
 * Makes one change of a text. Adds or removes lines if that is enough; otherwise the YAML library
 * writes the text, which keeps most comments but may reformat some lines.
 */
function applied(text: string, change: Change): string {
  const byLibrary = edited(text, change);
  const byLines = change.value === undefined ? withoutLines(text, change) : appended(text, change);
  return isDeepStrictEqual(contentOf(byLines), contentOf(byLibrary)) ? byLines : byLibrary;
}

function edited(text: string, { path, value }: Change): string {
  const document = parseDocument(text);
  if (value === undefined) document.deleteIn(path);
  else setIn(document, path, value);
  return document.toString({ lineWidth: 0 });
}

/** Sets a value; creates a map above it that is missing or empty. */
function setIn(document: Document, path: readonly string[], value: unknown): void {
  for (let depth = 1; depth < path.length; depth += 1) {
    const above = path.slice(0, depth);
    if (!isMap(document.getIn(above))) document.setIn(above, document.createNode({}));
  }
  // A plain value keeps the comment of the old one; a node would replace it too.
  const isPlain = value === null || typeof value !== "object";
  document.setIn(path, isPlain ? value : document.createNode(value));
}

/** Adds a key of the configuration at the end of the file, where `config` usually is. */
function appended(text: string, { path, value }: Change): string {
  const tree = path.slice(1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  const lines = stringify(tree, { lineWidth: 0 }).trimEnd().split("\n");
  return `${text.trimEnd()}\n\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** The text without the lines of a key and its value. Comments above it stay. */
function withoutLines(text: string, { path }: Change): string {
  const document = parseDocument(text);
  const map = document.getIn(path.slice(0, -1));
  const key = isMap(map)
    ? map.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1))?.key
    : undefined;
  if (!isScalar(key) || !key.range) return text;
  const lines = text.split("\n");
  const begin = text.slice(0, key.range[0]).split("\n").length - 1;
  const depth = indentOf(lines[begin] ?? "");
  let end = begin + 1;
  while (end < lines.length && lines[end] !== "" && indentOf(lines[end] ?? "") > depth) end += 1;
  const apart = lines[begin - 1] === "" && (lines[end] ?? "") === "" ? 1 : 0;
  return lines.toSpliced(begin - apart, end - begin + apart).join("\n");
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function valuesOf(text: string): Readonly<Record<string, unknown>> {
  const content = contentOf(text);
  const config = isPlainMap(content) ? content["config"] : undefined;
  return isPlainMap(config) ? config : {};
}

/** The content of a YAML text; undefined if it is not valid. */
function contentOf(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length > 0 ? undefined : document.toJS();
}

/** A secret is one value: Pulumi writes it as a map with the key `secure`. */
function isSecret(value: Readonly<Record<string, unknown>>): boolean {
  return typeof value["secure"] === "string";
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
