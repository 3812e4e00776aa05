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
 * The text of a provider in the state: a short program that unpacks the provider's own text, which
 * is compressed to a fifth.
 *
 * There are two reasons. A create that fails half-way returns its state, including the provider
 * text, in a gRPC trailer. Node sends at most 64 KiB of trailers: with more, the answer never
 * arrives and the run hangs. And the state contains the text once for every resource, and is
 * written with every step of a run.
 *
 * @param name unique name of the provider
 * @param provider has all six methods, and obeys the rules for serialized providers
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
 * The text that unpacks a provider: a module whose `handler` returns it, as Pulumi's plugin
 * expects. Both modules get the same `require`. The plugin runs it once in a process for each text.
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
 * fifth smaller when it is packed. Names that a `with` of the serializer could refer to stay as
 * they are. The minifier computes and moves nothing, because that takes seconds and saves little.
 */
async function minified(text: string): Promise<string> {
  // Loaded only when needed: cached texts do without it.
  const { minify } = require("terser") as { readonly minify: typeof terserMinify };
  const { code } = await minify(text, { compress: false, mangle: true });
  if (code === undefined) throw new Error("The minifier returned an empty text for a provider.");
  return code;
}

/** Made once for each provider. */
const revisions = new WeakMap<object, Promise<string>>();

/**
 * A hash of the provider code that runs from the state, long after it was written there: `read` and
 * `delete`. 12 hex digits, which change exactly when that code changes.
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
