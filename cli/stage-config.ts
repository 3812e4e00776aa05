import { isDeepStrictEqual } from "node:util";
import { isMap, parseDocument } from "yaml";

/** The configuration in the text of a stage's file, by key; empty if it is not valid YAML. */
export function configOf(text: string): Readonly<Record<string, unknown>> {
  const document = parseDocument(text);
  if (document.errors.length > 0) return {};
  const content = document.toJS() as { config?: unknown } | null;
  const config = content?.config;
  return typeof config === "object" && config !== null ? { ...config } : {};
}

/**
 * Sets a key of the configuration by editing lines. If these do not have the wanted effect (another
 * YAML style), the YAML library writes the text; it keeps comments but may reformat some lines.
 *
 * @param value undefined: the key is removed
 */
export function withConfigKey(
  text: string,
  key: string,
  value: unknown,
  byLines: (lines: string[]) => string[],
): string {
  const result = byLines(text.split("\n")).join("\n");
  const others = Object.entries(configOf(text)).filter(([name]) => name !== key);
  const own = value === undefined ? [] : [[key, value] as const];
  if (isDeepStrictEqual(configOf(result), Object.fromEntries([...others, ...own]))) return result;
  const document = parseDocument(text);
  if (!isMap(document.get("config"))) document.set("config", document.createNode({}));
  if (value === undefined) document.deleteIn(["config", key]);
  else document.setIn(["config", key], document.createNode(value));
  // What is new is in quotes: Pulumi takes a time without them for something else than a text.
  return document.toString({
    lineWidth: 0,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
  });
}
