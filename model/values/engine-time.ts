/**
 * A time as an engine writes it (RFC 3339 with up to nine decimals, of which zeros at the end are
 * left out, so that texts of one time differ in length and cannot be compared as texts). Pure.
 *
 * @returns milliseconds since 1970; 0, older than everything, for what is no time
 */
export function engineTime(text: string | undefined): number {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? 0 : time;
}
