import { createHash } from "node:crypto";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

import * as pulumi from "@pulumi/pulumi";
import type { minify as terserMinify } from "terser";

import { KeptTexts } from "./kept-texts";

/** Made once for each provider, and not for every resource. */
const texts = new WeakMap<object, Promise<string>>();

const kept = new KeptTexts(join(__dirname, "..", ".."));

/**
 * The text of a provider, as it stands in the state: a few words that unpack the provider's own
 * text, which is compressed to a fifth.
 *
 * Two reasons. A create that fails half-way hands its state, provider text included, back in a gRPC
 * trailer, and Node sends no more than 64 KiB of those: with more, the answer never arrives and the
 * run hangs. And the text stands in the state once for every resource and is written with every
 * step of a run.
 *
 * @param name names the provider, and no other one
 * @param provider has all six methods, and itself obeys the rules for serialized providers
 */
export function packed<I, O>(
  name: string,
  provider: pulumi.dynamic.ResourceProvider<I, O>,
): Promise<string> {
  const known = texts.get(provider);
  if (known !== undefined) return known;
  const made = kept.text(name, async () => {
    const { text } = await pulumi.runtime.serializeFunction(() => provider);
    return unpacking(brotliCompressSync(await minified(text)).toString("base64"));
  });
  texts.set(provider, made);
  return made;
}

/**
 * The text that unpacks a provider: a module whose `handler` returns it, as the engine's plugin
 * wants it. Both modules get the same `require`. The plugin does it once in a process for each
 * text.
 */
function unpacking(code: string): string {
  return `exports.handler = () => {
  const text = require("node:zlib").brotliDecompressSync(Buffer.from("${code}", "base64")).toString("utf8");
  const unpacked = {};
  require("node:vm").compileFunction(text, ["exports", "require"])(unpacked, require);
  return unpacked.handler();
};
`;
}

/**
 * A provider's text with short names of local variables and without comments and indentation: a
 * fifth less when it is packed. Names that a `with` of the serializer could mean stay as they are;
 * nothing is computed or moved, which takes seconds and saves little.
 */
async function minified(text: string): Promise<string> {
  // Loaded when it is needed: kept texts do without it.
  const { minify } = require("terser") as { readonly minify: typeof terserMinify };
  const { code } = await minify(text, { compress: false, mangle: true });
  if (code === undefined) throw new Error("A provider's text was minified to nothing.");
  return code;
}

/** Made once for each provider. */
const revisions = new WeakMap<object, Promise<string>>();

/**
 * Names the code of a provider that runs from the state, long after it was written there: `read`
 * and `delete`. 12 hex digits; another one exactly when that code is another one.
 *
 * @param name - the provider's, as for {@link packed}
 */
export function revisionOf<I, O>(
  name: string,
  provider: pulumi.dynamic.ResourceProvider<I, O>,
): Promise<string> {
  const known = revisions.get(provider);
  if (known !== undefined) return known;
  const made = kept.text(`${name}-revision`, async () => {
    const { read, delete: remove } = provider;
    const { text } = await pulumi.runtime.serializeFunction(() => [read, remove]);
    return createHash("sha256")
      .update(await minified(text))
      .digest("hex")
      .slice(0, 12);
  });
  revisions.set(provider, made);
  return made;
}
