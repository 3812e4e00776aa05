import * as pulumi from "@pulumi/pulumi";

/**
 * Limit for the text of one provider, in characters. It stands in the state once for each resource
 * of its kind, and a partial failure carries it in a gRPC trailer, of which Node sends 64 KiB in
 * base64 and no more. What is larger goes through `providers/framework/packed`.
 */
export const defaultTextLimit = 40 * 1024;

/** What the engine stores of a dynamic provider. */
export interface SerializedProvider {
  /** The provider's code as the engine stores it, under `__provider`. */
  readonly text: string;
  /** Whether a secret was captured; the text then contains it in clear. */
  readonly containsSecrets: boolean;
}

/**
 * Serializes a dynamic provider as the SDK does when a resource is registered, and holds the text
 * against the rules for it: a size limit, nothing of this computer's folders, no captured secret,
 * no local file required at run time (it would not be found: the text is loaded without a file
 * name).
 *
 * @param provider an instance, or the text that `packed` makes of one
 * @param limit largest text allowed, in characters
 * @throws Error naming the broken rule
 */
export async function serializeProvider(
  provider: pulumi.dynamic.ResourceProvider | Promise<string>,
  limit: number = defaultTextLimit,
): Promise<SerializedProvider> {
  const { text, containsSecrets } =
    provider instanceof Promise
      ? { text: await provider, containsSecrets: false }
      : await pulumi.runtime.serializeFunction(() => provider, { allowSecrets: true });
  if (text.length > limit) {
    throw new Error(`The provider's text has ${text.length} characters; the limit is ${limit}.`);
  }
  if (containsSecrets) {
    throw new Error("The provider has captured a secret: its text would contain it in clear.");
  }
  const folders = [process.cwd(), process.env["HOME"]].filter(
    (folder): folder is string => folder !== undefined && folder.length > 1,
  );
  for (const folder of folders) {
    if (text.includes(`${folder}/`)) {
      throw new Error(`The provider's text names a folder of this computer: ${folder}`);
    }
  }
  const local = /\brequire\(\s*["'`](\.[^"'`]*)["'`]\s*\)/.exec(text);
  if (local !== null) {
    throw new Error(
      `The provider requires the local file ${local[1]}, which is not found at run time.`,
    );
  }
  return { text, containsSecrets };
}

/**
 * Rebuilds a provider from its text exactly as the engine's plugin does: without a file name, so
 * that packages are looked up from the working directory. What is returned shares no variable with
 * the original.
 */
export function rehydrate(text: string): pulumi.dynamic.ResourceProvider {
  // The package with which the SDK's plugin itself loads the text; it comes with the SDK.
  const requireFromString = require("require-from-string") as (code: string) => {
    handler: () => pulumi.dynamic.ResourceProvider;
  };
  return requireFromString(text).handler();
}
