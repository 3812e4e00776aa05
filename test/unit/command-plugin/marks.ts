/** The marks of the engine's wire format, written out so that tests do not go by the plugin's own. */
const signatureKey = "4dabf18193072939515e22adb298388d";

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function secret(value: unknown): Record<string, unknown> {
  return { [signatureKey]: "1b47061264138c4ac30d75fd1eb44270", value };
}

export function asset(content: { hash: string; path?: string; text?: string; uri?: string }) {
  return { [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", ...content };
}

export function archive(content: {
  hash: string;
  path?: string;
  assets?: Record<string, unknown>;
}) {
  return { [signatureKey]: "0def7320c3a5731c473e5ecbe6d01bc7", ...content };
}
