/**
 * The version of each object of a Swarm. A change has to name the version that it is based on.
 */
export interface Versioned {
  readonly Version: { readonly Index: number };
}
