import ts from "typescript";

/** Names that a module of TypeScript cannot give to a constant, beside its keywords. */
const reserved = ["arguments", "eval", "exports", "undefined"];

/**
 * The constant for a service of this name: `guestBook` for `guest-book`.
 *
 * @param taken names that it cannot have
 */
export function constantName(name: string, taken: ReadonlySet<string>): string {
  const words = name.split("-").filter((word) => word !== "");
  const joined = words
    .map((word, index) => (index === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`))
    .join("");
  let constant = /^[0-9]/.test(joined) ? `service${joined}` : joined;
  while (taken.has(constant) || reserved.includes(constant) || isKeyword(constant))
    constant += "Service";
  return constant;
}

function isKeyword(word: string): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true);
  scanner.setText(word);
  return scanner.scan() !== ts.SyntaxKind.Identifier;
}
