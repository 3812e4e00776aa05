// @ts-check
/**
 * Property values as the engine sends them: JSON, in which an object with the key `signatureKey`
 * is a secret, an asset, an archive … and some strings stand for a value that is not known yet.
 * The constants are those of the engine (`sdk/go/common/resource/sig` and `plugin/rpc.go`).
 */

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** What a string, boolean, number, array, asset, archive or object that is not known looks like. */
const unknownMarks = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The mark to answer with for an output that is known only after the command has run. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * @typedef {{ hash?: string, path?: string, text?: string, uri?: string }} Asset
 * @typedef {Asset & { assets?: Record<string, unknown> }} Archive
 */

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>} whether it is a JSON object (of any signature)
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value @param {string} signature */
const hasSignature = (value, signature) => isObject(value) && value[signatureKey] === signature;

/** @param {unknown} value @returns {value is { value: unknown }} */
const isSecret = (value) => hasSignature(value, secretSignature);
/** @param {unknown} value @returns {value is Asset} */
const isAsset = (value) => hasSignature(value, assetSignature);
/** @param {unknown} value @returns {value is Archive} */
const isArchive = (value) => hasSignature(value, archiveSignature);
/** @param {unknown} value @returns {boolean} an unknown, or a secret whose value is not known */
const isUnknown = (value) =>
  isSecret(value)
    ? isUnknown(value.value)
    : (typeof value === "string" && unknownMarks.has(value)) ||
      (hasSignature(value, outputSignature) &&
        !Object.hasOwn(/** @type {object} */ (value), "value"));

/** @param {unknown} value @returns {unknown} the value as a secret; a secret stays as it is */
const asSecret = (value) => (isSecret(value) ? value : { [signatureKey]: secretSignature, value });

/** @param {unknown} value @returns {unknown} without the outermost secret mark */
const withoutMark = (value) =>
  isSecret(value) || hasSignature(value, outputSignature)
    ? /** @type {{ value: unknown }} */ (value).value
    : value;

/**
 * The value without any mark of secrecy, at any depth. Assets and archives stay whole.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
function unwrap(value) {
  if (isSecret(value) || hasSignature(value, outputSignature)) {
    return unwrap(withoutMark(value));
  }
  if (Array.isArray(value)) {
    return value.map(unwrap);
  }
  if (isObject(value) && !isAsset(value) && !isArchive(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item)]));
  }
  return value;
}

/**
 * Every string inside a secret, for keeping secrets out of texts.
 *
 * @param {unknown} value
 * @param {boolean} [inSecret] default false
 * @returns {string[]}
 */
function secretStrings(value, inSecret = false) {
  if (typeof value === "string") {
    return inSecret && !unknownMarks.has(value) ? [value] : [];
  }
  if (isSecret(value)) {
    return secretStrings(value.value, true);
  }
  if (Array.isArray(value)) {
    return value.flatMap((item) => secretStrings(item, inSecret));
  }
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      key === signatureKey ? [] : secretStrings(item, inSecret),
    );
  }
  return [];
}

/**
 * @template {object} T
 * @param {string} signature
 * @param {T} content
 * @returns {T}
 */
const withSignature = (signature, content) => ({ [signatureKey]: signature, ...content });

/** @param {string} path @param {string} hash sha256 of the content, hex @returns {Asset} */
const pathAsset = (path, hash) => withSignature(assetSignature, { hash, path });

/** @param {Record<string, Asset>} assets by path in the archive @param {string} hash @returns {Archive} */
const assetArchive = (assets, hash) => withSignature(archiveSignature, { hash, assets });

module.exports = {
  unknown,
  isObject,
  isSecret,
  isAsset,
  isArchive,
  isUnknown,
  asSecret,
  withoutMark,
  unwrap,
  secretStrings,
  pathAsset,
  assetArchive,
};
