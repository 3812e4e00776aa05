/**
 * What dynamic resources share. Pure: no Pulumi import, because provider code runs rebuilt from its own text.
 */

/**
 * Whether two plain values are the same. Order of keys does not matter, order of lists does; a key with the value
 * `undefined` or `null` is the same as no key (JSON and protobuf turn one into the other).
 */
export function sameValue(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

/** JSON with sorted keys and without empty ones. */
function canonical(value: unknown): string {
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

/** Those of the inputs `keys` whose values differ between the state and what is wanted. */
export function changedInputs<K extends string>(
  keys: readonly K[],
  olds: Readonly<Partial<Record<K, unknown>>>,
  news: Readonly<Partial<Record<K, unknown>>>,
): K[] {
  return keys.filter((key) => !sameValue(olds[key], news[key]));
}

/**
 * An error for a create or update that has changed the world but not finished: the engine keeps `id` and `properties`
 * in the state with `reasons`, and the next `up` calls `update`.
 */
export function partialFailure(
  message: string,
  id: string,
  properties: Readonly<Record<string, unknown>>,
): Error {
  return Object.assign(new Error(message), { id, properties, reasons: [message] });
}
