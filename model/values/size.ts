/** An amount of bytes with its binary unit, e.g. `"64MiB"`, `"1.5GiB"`. */
export type Size = `${number}${"KiB" | "MiB" | "GiB" | "TiB"}`;

const unitBytes: Readonly<Record<string, number>> = {
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/**
 * The bytes of a {@link Size}, or undefined for other texts (no sign, no exponent, one unit).
 */
export function sizeBytes(text: string): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)(KiB|MiB|GiB|TiB)$/.exec(text);
  if (match === null) return undefined;
  const [, amount = "", unit = ""] = match;
  return Math.round(Number(amount) * (unitBytes[unit] ?? 0));
}

/** Bytes in the largest unit that shows them without a fraction. */
export function sizeText(bytes: number): string {
  const unit = ["TiB", "GiB", "MiB", "KiB"].find((each) => bytes % (unitBytes[each] ?? 1) === 0);
  return unit === undefined ? `${bytes} bytes` : `${bytes / (unitBytes[unit] ?? 1)}${unit}`;
}

/** The bytes of a checked {@link Size}, or undefined if there is none. */
export function bytesOf(size: Size | undefined): number | undefined {
  return size === undefined ? undefined : sizeBytes(size);
}
