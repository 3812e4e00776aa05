import { isSameReference } from "./reference";

/**
 * The images that hosts have had before, after `current` took the place of `before`; newest first,
 * each once.
 */
export function earlierImages(
  current: string,
  before: string,
  earlier: readonly string[],
): readonly string[] {
  return [before, ...earlier.filter((reference) => reference !== before)].filter(
    (reference) => reference !== current,
  );
}

/**
 * The earlier images that hosts may lose: all but the newest, which a rollback needs, and those
 * that a service names. When roll-outs fail one after the other, what runs is older than the image
 * before the current one, and a host must be able to start it without the registry.
 *
 * @param earlier newest first
 * @param used references that services name, now or as what they would be rolled back to; undefined
 *   when that is not known
 */
export function removableImages(
  earlier: readonly string[],
  used: readonly string[] | undefined,
): readonly string[] {
  if (used === undefined) return [];
  return earlier
    .slice(1)
    .filter((reference) => !used.some((image) => isSameReference(image, reference)));
}
