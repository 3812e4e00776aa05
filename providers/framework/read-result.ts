import type * as pulumi from "@pulumi/pulumi";

/**
 * The result of a provider's `read`, so that a refresh shows drift: the observed values under the
 * names of the inputs, both as outputs and as inputs. Without them as inputs, the next preview
 * would show every input as changed.
 *
 * @param state - the outputs that Pulumi knows.
 * @param inputNames - names of the resource's inputs; absent ones are left out.
 * @param observed - inputs (and outputs) whose observed value differs from the known one.
 */
export function readResult<State extends object>(
  id: string,
  state: State,
  inputNames: readonly (keyof State & string)[],
  observed: Partial<State> = {},
): pulumi.dynamic.ReadResult<State> {
  const props: State = { ...state, ...observed };
  const inputs = Object.fromEntries(
    inputNames.filter((name) => props[name] !== undefined).map((name) => [name, props[name]]),
  );
  return { id, props, inputs: inputs as State };
}
