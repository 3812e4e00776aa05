import { parseDocument, stringify } from "yaml";

/** What goes into the configuration that the engine gets. */
export interface ConfigParts {
  /** Text of the committed `Pulumi.<stage>.yaml`. */
  readonly committed: string;
  /** Text of the last generated file, if there is one: the salt is kept from it. */
  readonly generated?: string | undefined;
  /** Values for this run only, by full key, e.g. `hive:throughPhase`. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/**
 * Top-level keys that say how secrets of this stack are encrypted; Pulumi writes them when it
 * creates a stack.
 */
const encryptionKeys = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

/**
 * The configuration that the engine gets. Pulumi writes the salt of a passphrase into the stack's
 * file when it creates the stack; a stage that lives on this computer keeps it beside its state
 * instead, so that the committed file stays as it is. What the committed file says about encryption
 * wins: then Pulumi's own way is in use.
 */
export function mergeConfig(parts: ConfigParts): string {
  const document = parseDocument(parts.committed);
  const committed = isMap(document.toJS());
  if (
    !encryptionKeys.some((key) => committed && document.has(key)) &&
    parts.generated !== undefined
  ) {
    const before = parseDocument(parts.generated);
    for (const key of encryptionKeys) {
      const value: unknown = isMap(before.toJS()) ? before.get(key) : undefined;
      if (typeof value === "string") document.set(key, value);
    }
  }
  for (const [key, value] of Object.entries(parts.overrides ?? {})) {
    document.setIn(["config", key], value);
  }
  return document.toString({ lineWidth: 0 });
}

/**
 * What of a generated configuration must outlive its stage: how the secrets of the committed file
 * are encrypted, when that stands nowhere else. Nothing when the committed file has no secrets, or
 * says itself how they are encrypted.
 */
export function encryptionOf(generated: string, committed: string): string | undefined {
  const document = parseDocument(committed);
  if (encryptionKeys.some((key) => isMap(document.toJS()) && document.has(key))) return undefined;
  if (!hasSecret(document.toJS())) return undefined;
  const before = parseDocument(generated).toJS() as unknown;
  const kept = encryptionKeys.flatMap((key) =>
    isMap(before) && typeof before[key] === "string" ? [[key, before[key]] as const] : [],
  );
  return kept.length === 0 ? undefined : stringify(Object.fromEntries(kept));
}

/** Whether a value holds one that Pulumi encrypted. */
function hasSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  if (!isMap(value)) return false;
  return typeof value["secure"] === "string" || Object.values(value).some(hasSecret);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
