/**
 * What each object of a Swarm carries beside its content. A change names the version that it was
 * made of.
 */
export interface Versioned {
  readonly Version: { readonly Index: number };
}
