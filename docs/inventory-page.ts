import ts from "typescript";

/** A field of the inventory as its docstring explains it. */
export interface InventoryField {
  /** With the names of fields around it, e.g. `limits.cpus`. */
  readonly name: string;
  readonly type: string;
  /** The docstring's text without tags, one paragraph a line. */
  readonly meaning: string;
  /** What holds when the field is left out; absent when it has to be given. */
  readonly byDefault?: string;
  /** `choice`: it makes one of several forms of its type, exactly one of which is given. */
  readonly need: "optional" | "required" | "choice";
}

/** A type of the inventory. */
export interface InventoryType {
  readonly name: string;
  readonly meaning: string;
  /** The whole type, if it is not a map or has more forms than that. */
  readonly forms?: string;
  readonly fields: readonly InventoryField[];
}

/** Files of `model/inventory` in the order of the page. */
export const inventoryFiles = [
  "root.ts",
  "service.ts",
  "tasks.ts",
  "initialization.ts",
  "port.ts",
  "route.ts",
  "image.ts",
  "network.ts",
  "volume.ts",
  "secret.ts",
  "value.ts",
  "transform.ts",
] as const;

/**
 * The types of the inventory and their fields.
 *
 * @param sources text by name of each of {@link inventoryFiles}
 */
export function inventoryTypes(
  sources: Readonly<Record<(typeof inventoryFiles)[number], string>>,
): readonly InventoryType[] {
  return inventoryFiles.flatMap((name) => {
    const file = ts.createSourceFile(name, sources[name], ts.ScriptTarget.ES2022, true);
    const declarations = file.statements.filter(isTypeDeclaration);
    return declarations.filter(isExported).map((declaration) => typeOf(declaration, declarations));
  });
}

/** The text of `docs/inventory.md`. Markdown, ends with a newline. */
export function inventoryPage(types: readonly InventoryType[]): string {
  const names = types.map((type) => type.name);
  return [
    "# The inventory, field by field",
    "",
    "<!-- Made from the docstrings in model/inventory by `npm run docs`; edits here are lost. -->",
    "",
    "All fields of `site/`, each with type, default and meaning. [Describing a site](services.md) shows",
    "how they work together. An unknown field, a wrong value, a reference to something that does not",
    "exist and parts that do not fit together are errors: hive lists all of them before it changes",
    "anything, each with the place, the value and what to write instead. `npx hive plan` shows the",
    "result.",
    "",
    `Types: ${names.map((name) => `[${name}](#${name.toLowerCase()})`).join(", ")}.`,
    "",
    'A `Duration` is a number and a unit (`ms`, `s`, `m`, `h`), e.g. `"10s"`; a `Size` is a number and a',
    'unit (`KiB`, `MiB`, `GiB`, `TiB`), e.g. `"512MiB"`. Names of services, images, networks, volumes,',
    "secrets and configs are DNS labels: lower-case letters, digits and hyphens. A `StageName` is",
    "`private`, `staging` or `production`.",
    "",
    ...types.flatMap((type) => section(type, names)),
  ].join("\n");
}

function section(type: InventoryType, names: readonly string[]): readonly string[] {
  return [
    `## ${type.name}`,
    "",
    type.meaning,
    "",
    ...(type.forms === undefined ? [] : [`- forms: ${code(type.forms)}`, ""]),
    ...type.fields.flatMap((field) => fieldLines(field, names)),
  ];
}

function fieldLines(field: InventoryField, names: readonly string[]): readonly string[] {
  const links = names
    .filter((name) => new RegExp(`\\b${name}\\b`).test(field.type))
    .map((name) => `[${name}](#${name.toLowerCase()})`);
  return [
    `### \`${field.name}\``,
    "",
    field.meaning,
    "",
    `- type: ${code(field.type)}${links.length === 0 ? "" : `, see ${links.join(", ")}`}`,
    `- default: ${defaultLine(field)}`,
    "",
  ];
}

function defaultLine({ need, byDefault }: InventoryField): string {
  if (need === "optional") return defaultText(byDefault ?? "");
  return need === "required"
    ? "none; it has to be given"
    : "none; exactly one of the forms has to be given";
}

/** A default that is a value is shown as code, a sentence as it is. */
function defaultText(text: string): string {
  return /^(["[{].*|true|false|[0-9.]+)$/.test(text) ? code(text) : text;
}

function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

type TypeDeclaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

function isTypeDeclaration(statement: ts.Statement): statement is TypeDeclaration {
  return ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
}

function isExported(declaration: TypeDeclaration): boolean {
  return declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

function typeOf(declaration: TypeDeclaration, siblings: readonly TypeDeclaration[]): InventoryType {
  const members = ts.isInterfaceDeclaration(declaration)
    ? [...declaration.members]
    : membersOf(declaration.type, siblings);
  const fields = members.filter(ts.isPropertySignature).flatMap((member) => fieldsOf(member, ""));
  // Several forms of a type may have a field in common.
  const unique = fields.filter(
    (field, index) => fields.findIndex(({ name }) => name === field.name) === index,
  );
  const hasForms = ts.isTypeAliasDeclaration(declaration) && !isMapOfForms(declaration.type);
  return {
    name: declaration.name.text,
    meaning: meaningOf(declaration),
    ...(hasForms ? { forms: typeText(declaration.type) } : {}),
    fields: unique,
  };
}

/** Whether all forms are maps, which their fields explain well enough. */
function isMapOfForms(type: ts.TypeNode): boolean {
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type))
    return type.types.every(isMapOfForms);
  if (ts.isParenthesizedTypeNode(type)) return isMapOfForms(type.type);
  return ts.isTypeLiteralNode(type) || ts.isTypeReferenceNode(type);
}

/** The members of all maps that a type is put together from. */
function membersOf(
  type: ts.TypeNode,
  siblings: readonly TypeDeclaration[],
): readonly ts.TypeElement[] {
  if (ts.isTypeLiteralNode(type)) return [...type.members];
  if (ts.isParenthesizedTypeNode(type)) return membersOf(type.type, siblings);
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type))
    return type.types.flatMap((part) => membersOf(part, siblings));
  if (ts.isTypeReferenceNode(type)) {
    const base = siblings.find(({ name }) => name.text === type.typeName.getText());
    return base !== undefined && ts.isInterfaceDeclaration(base) ? [...base.members] : [];
  }
  return [];
}

function fieldsOf(member: ts.PropertySignature, prefix: string): readonly InventoryField[] {
  const name = `${prefix}${member.name.getText()}`;
  const { type } = member;
  const byDefault = defaultOf(member);
  const inner =
    type !== undefined && ts.isTypeLiteralNode(type)
      ? type.members.filter(ts.isPropertySignature)
      : [];
  return [
    {
      name,
      type: type === undefined ? "unknown" : typeText(type),
      meaning: meaningOf(member),
      ...(byDefault === undefined ? {} : { byDefault }),
      need: needOf(member),
    },
    ...inner.flatMap((each) => fieldsOf(each, `${name}.`)),
  ];
}

function needOf(member: ts.PropertySignature): InventoryField["need"] {
  if (member.questionToken !== undefined) return "optional";
  return ts.isTypeLiteralNode(member.parent) && ts.isUnionTypeNode(member.parent.parent)
    ? "choice"
    : "required";
}

/** A type as it is written, without what says only that it is not changed, and without comments. */
function typeText(type: ts.TypeNode): string {
  const printer = ts.createPrinter({ removeComments: true });
  const text = printer.printNode(ts.EmitHint.Unspecified, type, type.getSourceFile());
  return text
    .replace(/\breadonly /g, "")
    .replace(/\bReadonly<(Record<[^<>]*>)>/g, "$1")
    .replace(/\s+/g, " ")
    .replace(/^\| /, "")
    .replace(/;( \})/g, "$1");
}

function docsOf(node: ts.Node): readonly ts.JSDoc[] {
  return ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
}

function meaningOf(node: ts.Node): string {
  return docsOf(node)
    .map((doc) => plainText(ts.getTextOfJSDocComment(doc.comment) ?? ""))
    .join("\n\n");
}

function defaultOf(node: ts.Node): string | undefined {
  const tag = ts.getJSDocTags(node).find(({ tagName }) => tagName.text === "default");
  return tag === undefined ? undefined : plainText(ts.getTextOfJSDocComment(tag.comment) ?? "");
}

/** Lines joined to paragraphs; lists keep their lines. */
function plainText(text: string): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\n(?!\s*- )\s*/g, " "))
    .join("\n\n");
}
