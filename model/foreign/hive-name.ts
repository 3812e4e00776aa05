import { plainText } from "./code-text";
import { isDnsLabel } from "../values/names";

/**
 * The nearest valid name: `pdnsdb_data` → `pdnsdb-data`. Undefined when nothing is left of it.
 */
export function hiveName(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return isDnsLabel(name) ? name : undefined;
}

/** The nearest valid name, or the text itself if there is none. */
export function nameOrText(text: unknown): string {
  return hiveName(plainText(text)) ?? plainText(text);
}

/**
 * Why a text is not a valid name, in words: `has an underscore (_)`. Undefined for a valid name.
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
