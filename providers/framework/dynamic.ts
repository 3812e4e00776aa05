/**
 * Shared by dynamic resources. Pure: no Pulumi import, because provider code runs rebuilt from its
 * own text.
 */
import { sameValue } from "../../model/values/same-value";

/** Those of the inputs `keys` whose values differ between the state and the program. */
export function changedInputs<K extends string>(
  keys: readonly K[],
  olds: Readonly<Partial<Record<K, unknown>>>,
  news: Readonly<Partial<Record<K, unknown>>>,
): K[] {
  return keys.filter((key) => !sameValue(olds[key], news[key]));
}

/**
 * What `diff` answers about changes. Where inputs differ it says nothing, and leaves the comparison
 * to the engine: that finds the same, and then its preview prints what differs, and not all inputs
 * with it (decision 53).
 *
 * @param inputs whether inputs differ, or are not known yet
 * @param others whether there is a change that the engine does not see in the inputs
 */
export function changesOf(inputs: boolean, others = false): { readonly changes?: boolean } {
  if (others) return { changes: true };
  return inputs ? {} : { changes: false };
}

/**
 * An error for a create or update that changed something but did not finish: Pulumi keeps `id` and
 * `properties` in the state with `reasons`, and the next `up` calls `update`.
 */
export function partialFailure(
  message: string,
  id: string,
  properties: Readonly<Record<string, unknown>>,
): Error {
  return Object.assign(new Error(message), { id, properties, reasons: [message] });
}
