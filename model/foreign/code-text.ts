/** Text that is code already, e.g. a call. */
export class Expression {
  /** @param text - the code */
  constructor(readonly text: string) {}
}

/** The placeholder for a text that may be a secret. */
export const hidden = "…";

/** A value in TypeScript syntax, on one line. */
export function codeText(value: unknown): string {
  if (value instanceof Expression) return value.text;
  if (Array.isArray(value)) return `[${value.map(codeText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const inner = propertiesText(value as Readonly<Record<string, unknown>>);
    return inner === "" ? "{}" : `{ ${inner} }`;
  }
  return JSON.stringify(value) ?? "undefined";
}

/** Keys and values in the syntax between the braces of a map: `mode: "global", ports: ["80"]`. */
export function propertiesText(properties: Readonly<Record<string, unknown>>): string {
  return Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${keyText(key)}: ${codeText(value)}`)
    .join(", ");
}

/** A key as TypeScript wants it: in quotes unless it is an identifier. */
export function keyText(key: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? key : JSON.stringify(key);
}

/** A single value as text; `…` for other values. */
export function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : hidden;
}
