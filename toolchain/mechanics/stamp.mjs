// @ts-check
/**
 * A stamp records the inputs of a finished step, so that the next run can see that nothing changed.
 */
import fs from "node:fs";
import path from "node:path";

/**
 * @param {string} file
 * @param {string} key what the step would be made from now
 * @returns {boolean} whether the stamp has the same key; false when there is none or it cannot be
 *   read
 */
export function stampMatches(file, key) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")).key === key;
  } catch {
    return false;
  }
}

/**
 * Writes a stamp, whole or not at all.
 * @param {string} file
 * @param {string} key
 * @param {Record<string, unknown>} [more] anything worth knowing for a person who reads it
 */
export function writeStamp(file, key, more = {}) {
  writeJson(file, { key, at: new Date().toISOString(), ...more });
}

/**
 * Writes a JSON file, whole or not at all.
 * @param {string} file
 * @param {unknown} value
 */
export function writeJson(file, value) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(draft, JSON.stringify(value, null, 2) + "\n");
  fs.renameSync(draft, file);
}

/**
 * @param {string} file
 * @returns {any} nothing if it is missing or not JSON
 */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
