/**
 * Whether a text is a possible value of `hive:updated`: a day, or a second in UTC, that exists.
 *
 * @example isUpdateTime("2026-12-24T08:00:00Z")
 */
export function isUpdateTime(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$/.test(text)) return false;
  const time = new Date(text);
  // Date takes the 31st of a short month for the first of the next one.
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text.replace("Z", ""));
}

/**
 * The value of `hive:updated` for a moment: full seconds, so that two updates of one day differ.
 *
 * @param now milliseconds since 1970
 */
export function updateTime(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}
