/**
 * The region of zones of AWS: the name of the first one without its last letter. Undefined for
 * names that are not of AWS.
 */
export function regionOf(zones: readonly string[]): string | undefined {
  return /^([a-z]{2}(?:-[a-z]+)+-[0-9])[a-z]$/.exec(zones[0] ?? "")?.[1];
}
