// @ts-check
/**
 * Compares version numbers of the form `major.minor.patch`, which all tools here have.
 */

/**
 * @param {string} text anything that contains a version number, for example `v3.259.0` or
 *   `go1.26.8`
 * @returns {[number, number, number] | undefined} nothing when there is no number in it
 */
export function parseVersion(text) {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (!match) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/**
 * @param {string} version
 * @param {string} minimum
 * @returns {boolean} whether version is minimum or newer; false if it is not a version
 */
export function atLeast(version, minimum) {
  const [a, b] = [parseVersion(version), parseVersion(minimum)];
  if (!a || !b) return false;
  for (let i = 0; i < 3; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    if (x !== y) return x > y;
  }
  return true;
}

/**
 * @param {string} version
 * @param {string} other
 * @returns {boolean} whether both have the same major number
 */
export function sameMajor(version, other) {
  const [a, b] = [parseVersion(version), parseVersion(other)];
  return a !== undefined && b !== undefined && a[0] === b[0];
}
