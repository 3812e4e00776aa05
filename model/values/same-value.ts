/**
 * Whether two plain values are the same. Order of keys does not matter, order of lists does; a key
 * with the value `undefined` or `null` is the same as no key (JSON and protobuf turn one into the
 * other).
 */
export function sameValue(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/**
 * A text for a plain value, equal for the {@link sameValue}: JSON with sorted keys and without
 * empty ones.
 */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(
            Object.entries(inner)
              .filter(([, entry]) => entry !== undefined && entry !== null)
              .sort(([left], [right]) => (left < right ? -1 : 1)),
          )
        : inner,
    ) ?? "null"
  );
}
