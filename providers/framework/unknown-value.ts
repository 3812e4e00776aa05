/**
 * During a preview, a dynamic provider gets this text for a value that is not known yet, even where
 * a number or a list is expected (`rpc.unknownValue` of the Pulumi SDK, which must not be captured
 * by a serialized provider).
 */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Whether a value that came over the wire is known; false in a preview for values that another
 * resource will yield.
 */
export function isKnown(value: unknown): boolean {
  if (value === UNKNOWN) return false;
  if (Array.isArray(value)) return value.every((item) => isKnown(item));
  if (typeof value === "object" && value !== null) {
    return Object.values(value).every((item) => isKnown(item));
  }
  return true;
}
