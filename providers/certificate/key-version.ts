/**
 * The version of the key in a state. A state of an earlier release has none, and stands for the
 * first: its key stays.
 */
export function keyVersionOf(state: { readonly version?: number } | undefined): number {
  return state?.version ?? 1;
}
