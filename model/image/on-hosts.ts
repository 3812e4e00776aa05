import { isSameReference } from "./reference";

/**
 * The earlier images on hosts, after `current` replaced `before`; newest first, each once.
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
 * The earlier images that may be removed from hosts: all but the newest, which a rollback needs,
 * and those that a service names. When several roll-outs fail in turn, services run an image older
 * than the previous one, and a host must be able to start it without the registry.
 *
 * @param earlier newest first
 * @param used references that services name, now or in the spec that they would be rolled back to;
 *   undefined when unknown
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
