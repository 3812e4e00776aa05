import { durationSeconds } from "../../model/values/duration";

/**
 * A point in time: `10m` is ten minutes ago; anything else must be a date and time (ISO 8601).
 *
 * @param now milliseconds since 1970
 * @returns seconds since 1970; undefined for a text that is neither
 */
export function readSince(text: string, now: number): number | undefined {
  const ago = durationSeconds(text);
  if (ago !== undefined) return now / 1000 - ago;
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time / 1000;
}
