/**
 * Units of the Engine API. Both directions round to the engine's precision, so that a value comes
 * back unchanged.
 */

const billion = 1e9;

/** Seconds to nanoseconds; also processors to billionths. */
export function toNano(value: number): number {
  return Math.round(value * billion);
}

/** Nanoseconds to seconds; also billionths to processors. */
export function fromNano(value: number): number {
  return value / billion;
}

/** Rounded to milliseconds: nobody needs more precision. */
export function roundSeconds(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Six digits after the point: Docker Engine stores ratios in single precision. */
export function roundRatio(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** `0444` to 292. */
export function toMode(digits: string): number {
  return parseInt(digits, 8);
}

/** 292 to `0444`: four digits at least. */
export function fromMode(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** The precision of seconds, or processors, in Docker Engine. */
export function roundNano(value: number): number {
  return fromNano(toNano(value));
}

/** An octal mode in four digits: `444` and `0444` are the same. */
export function fourDigits(mode: string): string {
  return mode.padStart(4, "0");
}
