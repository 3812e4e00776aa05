/** The entry for a name. @throws Error when there is none, which validation excludes */
export function required<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`Nothing was built for ${String(key)}.`);
  return value;
}
