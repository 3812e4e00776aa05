/**
 * Parses a time from Docker Engine (RFC 3339 with up to nine decimals without final zeros, so that
 * times cannot be compared as texts). Pure.
 *
 * @returns milliseconds since 1970; 0, older than everything, for other texts
 */
export function engineTime(text: string | undefined): number {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? 0 : time;
}
