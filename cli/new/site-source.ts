import ts from "typescript";

/**
 * The source text of `site/site.ts`, read and edited by its syntax tree. Only the added lines
 * change: comments and form of the rest are the user's. Pure.
 */

/** The lists of a site to which parts are added. */
export type SiteList = "configs" | "images" | "secrets" | "services" | "volumes";

/** An entry of one of the site's lists. */
export interface SiteEntry {
  readonly list: SiteList;
  /** The name in the site. */
  readonly name: string;
  /** Its value, as code. */
  readonly value: string;
}

/** Code that a site needs for a new part of it. */
export interface SiteAddition {
  readonly entries: readonly SiteEntry[];
  /** A constant of another file. */
  readonly imported?: { readonly name: string; readonly from: string };
}

/** The width at which the formatter wraps code. */
const width = 100;

/**
 * The names in a list of the site, as far as they stand in the text; undefined when its form is not
 * recognized.
 */
export function namesIn(text: string, list: SiteList): readonly string[] | undefined {
  const site = siteObject(parse(text));
  if (site === undefined) return undefined;
  const found = listOf(site, list);
  if (found === "absent") return [];
  return found === "unknown" ? undefined : found.properties.flatMap(keyOf);
}

/** The names that the file declares or imports: another import cannot have one of them. */
export function declaredNames(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(parse(text));
  return names;
}

/** The text with an addition; undefined when the form of the site is not recognized. */
export function withAddition(
  text: string,
  { entries, imported }: SiteAddition,
): string | undefined {
  let result: string | undefined = text;
  for (const entry of entries) {
    if (result !== undefined) result = withEntry(result, entry);
  }
  if (result === undefined || imported === undefined) return result;
  return withImport(result, importLine(imported), imported.from);
}

/** An entry as code: `am` for `am: am`, and quotes around a key that needs them. */
export function entryCode({ name, value }: Pick<SiteEntry, "name" | "value">): string {
  if (name === value) return name;
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
  return `${key}: ${value}`;
}

/** An import as code. */
export function importLine({ name, from }: { name: string; from: string }): string {
  return `import { ${name} } from "${from}";`;
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile("site.ts", text, ts.ScriptTarget.Latest, true);
}

/** The argument of the only `defineSite({ … })` of a file. */
function siteObject(file: ts.SourceFile): ts.ObjectLiteralExpression | undefined {
  const found: ts.ObjectLiteralExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === "defineSite") {
      const [argument] = node.arguments;
      const literal = argument === undefined ? undefined : literalOf(argument);
      if (literal !== undefined) found.push(literal);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found.length === 1 ? found[0] : undefined;
}

/** The object literal that an expression is, or that a constant of the same file holds. */
function literalOf(expression: ts.Expression): ts.ObjectLiteralExpression | undefined {
  if (ts.isObjectLiteralExpression(expression)) return expression;
  if (
    ts.isParenthesizedExpression(expression) ||
    ts.isAsExpression(expression) ||
    ts.isSatisfiesExpression(expression)
  ) {
    return literalOf(expression.expression);
  }
  if (!ts.isIdentifier(expression)) return undefined;
  const declarations = expression
    .getSourceFile()
    .statements.filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations]);
  const declared = declarations.find(({ name }) => name.getText() === expression.text);
  const value = declared?.initializer;
  return value === undefined || ts.isIdentifier(value) ? undefined : literalOf(value);
}

function listOf(
  site: ts.ObjectLiteralExpression,
  list: SiteList,
): ts.ObjectLiteralExpression | "absent" | "unknown" {
  const property = site.properties.find((each) => keyOf(each).includes(list));
  // What is spread into the site may bring the list.
  if (property === undefined)
    return site.properties.some(ts.isSpreadAssignment) ? "unknown" : "absent";
  if (ts.isShorthandPropertyAssignment(property)) return literalOf(property.name) ?? "unknown";
  if (!ts.isPropertyAssignment(property)) return "unknown";
  return literalOf(property.initializer) ?? "unknown";
}

function keyOf(property: ts.ObjectLiteralElementLike): string[] {
  const { name } = property;
  if (name === undefined) return [];
  return ts.isIdentifier(name) || ts.isStringLiteral(name) ? [name.text] : [];
}

function withEntry(text: string, entry: SiteEntry): string | undefined {
  const site = siteObject(parse(text));
  if (site === undefined) return undefined;
  const list = listOf(site, entry.list);
  if (list === "unknown") return undefined;
  const code = entryCode(entry);
  const added =
    list === "absent"
      ? withProperty(text, site, `${entry.list}: { ${code} }`)
      : withProperty(text, list, code);
  return wrapped(added, entry.list);
}

/** The text with one more property at the end of an object literal. */
function withProperty(text: string, object: ts.ObjectLiteralExpression, code: string): string {
  const last = object.properties.at(-1);
  const end = object.getEnd() - 1;
  if (last === undefined) {
    const inside = text.slice(object.getStart() + 1, end);
    if (inside.trim() === "")
      return `${text.slice(0, object.getStart())}{ ${code} }${text.slice(end + 1)}`;
    const indent = indentAt(text, object.getStart());
    return `${text.slice(0, end).trimEnd()}\n${indent}  ${code},\n${indent}${text.slice(end)}`;
  }
  const isClosed = object.properties.hasTrailingComma;
  const comma = isClosed ? text.indexOf(",", last.getEnd()) + 1 : last.getEnd();
  if (!isExpanded(object)) {
    const before = text.slice(0, comma);
    return `${before}${isClosed ? "" : ","} ${code}${text.slice(comma)}`;
  }
  const next = ts.getTrailingCommentRanges(text, comma)?.at(-1)?.end ?? comma;
  const indent = indentAt(text, last.getStart());
  const between = `${isClosed ? "" : ","}${text.slice(comma, next)}`;
  return `${text.slice(0, comma)}${between}\n${indent}${code},${text.slice(next)}`;
}

/** Puts each property on its own line where one line would be too long, from the outside in. */
function wrapped(text: string, list: SiteList): string {
  let result = text;
  for (const inner of [false, true]) {
    const site = siteObject(parse(result));
    const found = site === undefined || !inner ? site : listOf(site, list);
    if (found === undefined || typeof found === "string" || isExpanded(found)) continue;
    if (lineAt(result, found.getStart()).length <= width) continue;
    result = expanded(result, found);
  }
  return result;
}

function expanded(text: string, object: ts.ObjectLiteralExpression): string {
  const last = object.properties.at(-1);
  const rest = text.slice(last?.getEnd() ?? 0, object.getEnd() - 1);
  // A comment at the end has no place of its own there.
  if (last === undefined || !/^[\s,]*$/.test(rest)) return text;
  const indent = indentAt(text, object.getStart());
  const lines = object.properties.map((each) => `${indent}  ${each.getFullText().trim()},`);
  const code = ["{", ...lines, `${indent}}`].join("\n");
  return `${text.slice(0, object.getStart())}${code}${text.slice(object.getEnd())}`;
}

/** The formatter keeps an object on several lines whose first key is on a line of its own. */
function isExpanded(object: ts.ObjectLiteralExpression): boolean {
  const [first] = object.properties;
  if (first === undefined) return false;
  const text = object.getSourceFile().text;
  return text.slice(object.getStart(), first.getStart()).includes("\n");
}

/** Among imports from the same folder in the order of their files, else after the last import. */
function withImport(text: string, line: string, from: string): string {
  const imports = parse(text).statements.filter(ts.isImportDeclaration);
  const folder = from.slice(0, from.lastIndexOf("/") + 1);
  const next = imports.find(({ moduleSpecifier: specifier }) => {
    const path = ts.isStringLiteral(specifier) ? specifier.text : "";
    return path.startsWith(folder) && path > from;
  });
  if (next !== undefined)
    return `${text.slice(0, next.getStart())}${line}\n${text.slice(next.getStart())}`;
  const last = imports.at(-1);
  if (last === undefined) return `${line}\n\n${text}`;
  const end = ts.getTrailingCommentRanges(text, last.getEnd())?.at(-1)?.end ?? last.getEnd();
  return `${text.slice(0, end)}\n${line}${text.slice(end)}`;
}

function lineAt(text: string, at: number): string {
  const end = text.indexOf("\n", at);
  return text.slice(text.lastIndexOf("\n", at - 1) + 1, end < 0 ? text.length : end);
}

function indentAt(text: string, at: number): string {
  return /^\s*/.exec(lineAt(text, at))?.[0] ?? "";
}
