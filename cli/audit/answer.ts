/** A value, or why there is none. */
export type Answer<T> = { readonly value: T } | { readonly reason: string };

/** Turns a failure into its reason. */
export async function answered<T>(question: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await question };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
