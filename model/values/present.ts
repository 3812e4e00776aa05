/**
 * An entry that exists only when it has a value: for spreading into a map, where `undefined` would
 * be a value of its own.
 */
export function present<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}
