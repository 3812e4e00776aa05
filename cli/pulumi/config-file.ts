import { parseDocument, stringify } from "yaml";

/** The parts of the configuration that Pulumi gets. */
export interface ConfigParts {
  /** Text of the committed `Pulumi.<stage>.yaml`. */
  readonly committed: string;
  /** Text of the last generated file, if there is one: its salt is kept. */
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
 * The configuration that Pulumi gets. Pulumi writes the salt of a passphrase into the stack's file
 * when it creates the stack; a stage that lives on this computer keeps it beside its state instead,
 * so that the committed file stays as it is. Settings of the encryption in the committed file win.
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
 * The part of a generated configuration that must outlive its stage: the encryption settings for
 * the secrets of the committed file. Undefined when the committed file has no secrets, or has these
 * settings itself.
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

/** Whether a value contains a secret that Pulumi encrypted. */
function hasSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  if (!isMap(value)) return false;
  return typeof value["secure"] === "string" || Object.values(value).some(hasSecret);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
