/**
 * From this age on, something is to be renewed: packages of Debian and Ubuntu get security fixes
 * every few days, days.
 */
export const oldImageDays = 30;

const dayMs = 24 * 3600 * 1000;

/**
 * Whole days since an image was built.
 *
 * @param time ISO 8601
 * @param now milliseconds since 1970
 * @returns undefined for no time, or a made-up one: images that are the same in every build have
 *   none
 */
export function ageInDays(time: string | undefined, now: number): number | undefined {
  const built = Date.parse(time ?? "");
  if (Number.isNaN(built) || new Date(built).getUTCFullYear() < 2000) return undefined;
  return Math.max(0, Math.floor((now - built) / dayMs));
}
