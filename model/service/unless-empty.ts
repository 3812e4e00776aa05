/** The field, unless it is empty: for Docker Engine an empty text means the image's own. */
export function text<K extends string>(
  key: K,
  value: string | undefined,
): { readonly [key in K]?: string } {
  return value === undefined || value === "" ? {} : ({ [key]: value } as Record<K, string>);
}

/** The field, unless it is empty: for Docker Engine an empty list means the image's own. */
export function list<K extends string>(
  key: K,
  value: readonly string[] | undefined,
): { readonly [key in K]?: readonly string[] } {
  return value === undefined || value.length === 0
    ? {}
    : ({ [key]: value } as Record<K, readonly string[]>);
}

/** The field, unless it is 0: for Docker Engine that means no limit. */
export function amount<K extends string>(
  key: K,
  value: number | undefined,
): { readonly [key in K]?: number } {
  return value === undefined || value === 0 ? {} : ({ [key]: value } as Record<K, number>);
}
