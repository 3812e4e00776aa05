/** A length of time with its unit, e.g. `"500ms"`, `"10s"`, `"5m"`, `"1h"`. */
export type Duration = `${number}ms` | `${number}s` | `${number}m` | `${number}h`;

const secondsOf: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/**
 * The seconds of a {@link Duration}, or undefined for other texts (no sign, no exponent, one unit).
 */
export function durationSeconds(text: string): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)$/.exec(text);
  if (match === null) return undefined;
  const [, amount = "", unit = ""] = match;
  // Rounded to the millisecond: 0.1 * 3 must not show up as 0.30000000000000004 in a diff.
  return Math.round(Number(amount) * (secondsOf[unit] ?? 0) * 1000) / 1000;
}

/** The seconds of a checked {@link Duration}, or a default if there is none. */
export function secondsOr(duration: Duration | undefined, byDefault: number): number {
  return duration === undefined ? byDefault : (durationSeconds(duration) ?? byDefault);
}
