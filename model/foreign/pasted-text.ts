import { codeText, hidden, propertiesText } from "./code-text";
import {
  type ForeignKey,
  foreignKey,
  type ForeignTable,
  isMap,
  type KnownKey,
  type PastedForm,
  type PastedPlace,
  type Rewrite,
} from "./foreign-key";

/** The message for something that was pasted from another system's file. */
export interface PastedWords {
  readonly message: string;
  readonly remedy: string;
}

/** The message for a value in another system's form. */
export function formWords(form: PastedForm, key: PropertyKey): PastedWords {
  const { message, becomes, isItems, site, notes = [] } = form;
  if (becomes === undefined) return { message, remedy: notes.join("; ") };
  const code =
    isItems === true && Array.isArray(becomes)
      ? becomes.map(codeText).join(", ")
      : typeof key === "string"
        ? propertiesText({ [key]: becomes })
        : codeText(becomes);
  return { message, remedy: withNotes(`write \`${code}\``, site, notes, code) };
}

/** The translation of a foreign key. */
export interface ForeignKeyWords extends PastedWords {
  /** The systems that have it. */
  readonly systems: readonly string[];
  /** Keys here that replace it. */
  readonly writes: readonly string[];
}

/**
 * Keys whose value here may be completed from pasted neighbours: none that may contain a secret.
 */
const completed = new Set(["capabilities", "dependsOn", "dns", "placement", "resources", "tmpfs"]);

/**
 * The messages for the keys of a map that only other systems have. Two keys that lead to one key
 * here are reported with their common result.
 *
 * @param value - the map
 * @param name - of the service, volume … that the map is, or is part of
 */
export function foreignKeyWords(
  tables: readonly ForeignTable[],
  value: Readonly<Record<string, unknown>>,
  name: string,
): ReadonlyMap<string, ForeignKeyWords> {
  const known = Object.keys(value).flatMap((key) => {
    const found = foreignKey(tables, key);
    return found === undefined
      ? []
      : [{ key, ...found, rewrite: rewriteOf(found.entry, value, { name, key, beside: value }) }];
  });
  return new Map(
    known.map((each) => {
      const writes = Object.keys(each.rewrite?.write ?? {});
      const partners = known.filter((other) =>
        Object.keys(other.rewrite?.write ?? {}).some((key) => writes.includes(key)),
      );
      const merged = Object.fromEntries(
        writes.map((key) => [
          key,
          partners
            .flatMap(({ rewrite }) =>
              rewrite !== undefined && key in rewrite.write ? [rewrite.write[key]] : [],
            )
            .reduce(together, completed.has(key) ? value[key] : undefined),
        ]),
      );
      return [
        each.key,
        {
          ...keyWords(each, merged, [
            ...partners.map(({ key }) => key),
            ...writes.filter((key) => completed.has(key) && key in value),
          ]),
          systems: each.systems,
          writes,
        },
      ];
    }),
  );
}

function rewriteOf(
  entry: ForeignKey,
  map: Readonly<Record<string, unknown>>,
  place: PastedPlace,
): Rewrite | undefined {
  return entry.kind === "becomes" ? entry.rewrite(map[place.key], place) : undefined;
}

/** Two values of one key as one: maps and lists are joined. */
function together(first: unknown, second: unknown): unknown {
  if (Array.isArray(first) && Array.isArray(second)) {
    const all = [...(first as readonly unknown[]), ...(second as readonly unknown[])];
    const texts = all.map(codeText);
    return all.filter((_, index) => texts.indexOf(texts[index] ?? "") === index);
  }
  if (!isPlainMap(first) || !isPlainMap(second)) return second;
  return Object.fromEntries(
    [...new Set([...Object.keys(first), ...Object.keys(second)])].map((key) => [
      key,
      key in first && key in second
        ? together(first[key], second[key])
        : (second[key] ?? first[key]),
    ]),
  );
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return isMap(value) && Object.getPrototypeOf(value) === Object.prototype;
}

function keyWords(
  {
    key,
    systems,
    entry,
    rewrite,
  }: KnownKey & { readonly key: string; readonly rewrite: Rewrite | undefined },
  write: Readonly<Record<string, unknown>>,
  partners: readonly string[],
): PastedWords {
  const isKey = `is a key of ${systems.join(" and ")}`;
  switch (entry.kind) {
    case "cannot":
      return {
        message: `${isKey}; a Swarm service cannot ${entry.what}`,
        remedy: `remove it; ${entry.instead}`,
      };
    case "needless":
      return { message: isKey, remedy: `remove it: ${entry.why}` };
    case "becomes": {
      if (rewrite === undefined) {
        return {
          message: `${isKey}, with a value that it does not take there`,
          remedy: "remove it",
        };
      }
      const code = propertiesText(write);
      if (code === "")
        return {
          message: isKey,
          remedy: withNotes("remove it", rewrite.site, rewrite.notes ?? [], ""),
        };
      const place =
        partners.length > 1 ? `in the place of ${partners.join(" and ")}` : "in its place";
      const replaced = key in write ? "" : ` ${place}`;
      return {
        message: isKey,
        remedy: withNotes(`write \`${code}\`${replaced}`, rewrite.site, rewrite.notes ?? [], code),
      };
    }
  }
}

function withNotes(
  remedy: string,
  site: Readonly<Record<string, unknown>> | undefined,
  notes: readonly string[],
  code: string,
): string {
  const siteCode = site === undefined ? "" : propertiesText(site);
  const holdsHidden = `${code}${siteCode}`.includes(JSON.stringify(hidden));
  return [
    siteCode === "" ? remedy : `${remedy}, and \`${siteCode}\` in site/site.ts`,
    ...notes,
    ...(holdsHidden ? [`put your own text in the place of "${hidden}"`] : []),
  ].join("; ");
}
