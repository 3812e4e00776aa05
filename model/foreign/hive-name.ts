import { plainText } from "./code-text";
import { isDnsLabel } from "../values/names";

/**
 * The nearest name that can be used here: `pdnsdb_data` → `pdnsdb-data`. Undefined when nothing is
 * left of it.
 */
export function hiveName(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return isDnsLabel(name) ? name : undefined;
}

/** The nearest name, or the text itself where there is none. */
export function nameOrText(text: unknown): string {
  return hiveName(plainText(text)) ?? plainText(text);
}

/**
 * What keeps a text from being a name here, in words: `has an underscore (_)`. Undefined when
 * nothing does.
 */
export function nameFault(text: string): string | undefined {
  const faults = [
    ...(text.includes("_") ? ["an underscore (_)"] : []),
    ...(text.includes(".") ? ["a dot (.)"] : []),
    ...(/[A-Z]/.test(text) ? ["capital letters"] : []),
    ...(/\s/.test(text) ? ["a space"] : []),
    ...[...new Set(text.replace(/[A-Za-z0-9_.\s-]/g, ""))].map((sign) => `the sign ${sign}`),
    ...(/^-|-$/.test(text) ? ["a hyphen at its beginning or end"] : []),
  ];
  return faults.length === 0 ? undefined : `has ${faults.join(" and ")}`;
}
