import { readFileSync } from "node:fs";
import ts from "typescript";

/**
 * Members of an interface or class by name; the type as plain TypeScript, with `?` where it may be
 * left out.
 */
export type Members = Record<string, string>;

/**
 * The interfaces and classes that a declaration file of a Pulumi npm package exports, with the
 * wrapping of inputs and outputs taken off: `pulumi.Input<pulumi.Input<string>[] | undefined>`
 * reads `string[]`.
 */
export function declaredTypes(file: string): Record<string, Members> {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022);
  const found: Record<string, Members> = {};
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
      const name = node.name?.text ?? "";
      found[name] = Object.fromEntries(
        [...node.members].flatMap((member: ts.ClassElement | ts.TypeElement) => memberOf(member)),
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function memberOf(member: ts.ClassElement | ts.TypeElement): [string, string][] {
  if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) return [];
  if (!ts.isIdentifier(member.name) || member.type === undefined) return [];
  const isStatic =
    ts.canHaveModifiers(member) &&
    (ts.getModifiers(member) ?? []).some((m) => m.kind === ts.SyntaxKind.StaticKeyword);
  if (isStatic) return [];
  const { text, optional } = plain(member.type);
  return [[member.name.text, text + (optional || member.questionToken !== undefined ? "?" : "")]];
}

/** Takes `pulumi.Input<…>`, `pulumi.Output<…>`, `inputs.…` and `| undefined` off a type. */
function plain(node: ts.TypeNode): { text: string; optional: boolean } {
  if (ts.isUnionTypeNode(node)) {
    const parts = node.types
      .filter((part) => part.kind !== ts.SyntaxKind.UndefinedKeyword)
      .map((part) => plain(part));
    return {
      text: parts.map((part) => part.text).join(" | "),
      optional: parts.length < node.types.length || parts.some((part) => part.optional),
    };
  }
  if (ts.isTypeReferenceNode(node)) {
    const argument = node.typeArguments?.[0];
    if (argument !== undefined) return plain(argument);
    const name = ts.isQualifiedName(node.typeName) ? node.typeName.right.text : node.typeName.text;
    return { text: name, optional: false };
  }
  if (ts.isArrayTypeNode(node))
    return { text: `${plain(node.elementType).text}[]`, optional: false };
  if (ts.isTypeLiteralNode(node)) {
    const index = node.members.find(ts.isIndexSignatureDeclaration);
    const value = index === undefined ? "unknown" : plain(index.type).text;
    return { text: `{ [key: string]: ${value} }`, optional: false };
  }
  const keywords: Partial<Record<ts.SyntaxKind, string>> = {
    [ts.SyntaxKind.StringKeyword]: "string",
    [ts.SyntaxKind.NumberKeyword]: "number",
    [ts.SyntaxKind.BooleanKeyword]: "boolean",
  };
  return { text: keywords[node.kind] ?? `unexpected ${ts.SyntaxKind[node.kind]}`, optional: false };
}
