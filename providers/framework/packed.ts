import { createHash } from "node:crypto";
import { compileFunction } from "node:vm";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";

import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import type { minify as terserMinify } from "terser";

import { KeptTexts } from "./kept-texts";

/** A dynamic provider whose values are of any type. */
type AnyProvider = Required<
  Pick<pulumi.dynamic.ResourceProvider, "check" | "diff" | "create" | "read" | "update" | "delete">
>;

/** Made once for each provider, so that the SDK serializes it once and not for every resource. */
const made = new WeakMap<object, AnyProvider>();

const kept = new KeptTexts(join(__dirname, "..", ".."));

/**
 * A provider that carries the text of another one compressed, a fifth of its size.
 *
 * Two reasons. A create that fails half-way hands its state, provider text included, back in a gRPC trailer, and Node sends
 * no more than 64 KiB of those: with more, the answer never arrives and the run hangs. And the text stands in the
 * state once for every resource and is written with every step of a run.
 *
 * @param name names the provider, and no other one
 * @param provider has all six methods, and itself obeys the rules for serialized providers
 */
export function packed<I, O>(
  name: string,
  provider: pulumi.dynamic.ResourceProvider<I, O>,
): pulumi.dynamic.ResourceProvider<I, O> {
  const known = made.get(provider);
  if (known !== undefined) {
    return known;
  }
  const code = kept.text(name, async () => {
    const { text } = await pulumi.runtime.serializeFunction(() => provider);
    return brotliCompressSync(await minified(text)).toString("base64");
  });
  // One function holds the code, so that it stands in the wrapper's text once.
  const load = async (): Promise<AnyProvider> => unpack(await code);
  const wrapper: AnyProvider = {
    check: async (olds: unknown, news: unknown) => (await load()).check(olds, news),
    diff: async (id: string, olds: unknown, news: unknown) => (await load()).diff(id, olds, news),
    create: async (inputs: unknown) => (await load()).create(inputs),
    read: async (id: string, props: unknown) => (await load()).read(id, props),
    update: async (id: string, olds: unknown, news: unknown) =>
      (await load()).update(id, olds, news),
    delete: async (id: string, props: unknown) => (await load()).delete(id, props),
  };
  made.set(provider, wrapper);
  return wrapper;
}

/**
 * A provider's text with short names of local variables and without comments and indentation: a fifth less when it is packed. Names
 * that a `with` of the serializer could mean stay as they are; nothing is computed or moved, which takes seconds and saves little.
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
 * Names the code of a provider that runs from the state, long after it was written there: `read` and `delete`. 12 hex digits; another
 * one exactly when that code is another one.
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

/** The provider in a packed text; unpacked once in a process. */
function unpack(code: string): AnyProvider {
  const key = Symbol.for("hive.unpacked/1");
  const holder = globalThis as unknown as Record<symbol, Map<string, AnyProvider> | undefined>;
  const unpacked = (holder[key] ??= new Map<string, AnyProvider>());
  let provider = unpacked.get(code);
  if (provider === undefined) {
    const text = brotliDecompressSync(Buffer.from(code, "base64")).toString("utf8");
    const loaded: { handler?: () => AnyProvider } = {};
    // As the engine's plugin does it, with the same require.
    compileFunction(text, ["exports", "require"]).call(undefined, loaded, require);
    if (loaded.handler === undefined) {
      throw new Error("A packed provider has no handler: its text is damaged.");
    }
    provider = loaded.handler();
    unpacked.set(code, provider);
  }
  return provider;
}
