// @ts-check
/**
 * The diff: by structure, among inputs alone. Everything is an update but `triggers`, which
 * replaces (`replaceOnChanges` in the schema). A value that becomes a secret, or stops being one,
 * has changed; an asset has changed when its hash has.
 */
const values = require("./property-values");

/**
 * @typedef {"add" | "delete" | "update"} ChangeKind
 * @typedef {{ path: string, kind: ChangeKind, replace: boolean }} Change
 */

/** @param {string} parent @param {string} key @returns {string} a property path of the engine */
const keyPath = (parent, key) =>
  /^[A-Za-z_$][\w$]*$/.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;

/** @param {unknown} value */
const isAbsent = (value) => value === undefined || value === null;

/**
 * @param {unknown} before
 * @param {unknown} after
 * @returns {boolean} whether both are the same value; what is not known is never the same
 */
function isSame(before, after) {
  return changesOf("", before, after).length === 0;
}

/**
 * @param {string} path
 * @param {unknown} before
 * @param {unknown} after
 * @returns {Array<{ path: string, kind: ChangeKind }>}
 */
function changesOf(path, before, after) {
  if (isAbsent(before) || isAbsent(after)) {
    return isAbsent(before) && isAbsent(after)
      ? []
      : [{ path, kind: isAbsent(before) ? "add" : "delete" }];
  }
  /** @param {boolean} same @returns {Array<{ path: string, kind: ChangeKind }>} */
  const whole = (same) => (same ? [] : [{ path, kind: "update" }]);
  if (values.isUnknown(before) || values.isUnknown(after)) {
    return whole(false);
  }
  if (values.isSecret(before) || values.isSecret(after)) {
    return whole(
      values.isSecret(before) && values.isSecret(after) && isSame(before.value, after.value),
    );
  }
  const hashes = [before, after].map((value) =>
    values.isAsset(value) || values.isArchive(value) ? value.hash : undefined,
  );
  if (hashes[0] !== undefined && hashes[1] !== undefined) {
    return whole(hashes[0] === hashes[1]);
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      changesOf(`${path}[${index}]`, before[index], after[index]),
    ).flat();
  }
  if (values.isObject(before) && values.isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changesOf(keyPath(path, key), before[key], after[key]));
  }
  return whole(before === after);
}

/**
 * @param {Record<string, unknown>} olds the inputs of the last run (outputs will do: they repeat the inputs)
 * @param {Record<string, unknown>} news the checked inputs
 * @param {import("./input-types").Inputs} inputs what the resource takes
 * @returns {Change[]} in the order of the table, empty when nothing has changed
 */
function diffInputs(olds, news, inputs) {
  return Object.keys(inputs).flatMap((name) =>
    changesOf(name, olds[name], news[name]).map((change) => ({
      ...change,
      replace: name === "triggers",
    })),
  );
}

module.exports = { diffInputs };
