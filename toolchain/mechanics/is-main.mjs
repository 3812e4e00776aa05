// @ts-check
import fs from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Whether a module is the program that Node.js was started with, and not imported by another.
 * @param {string} url the module's `import.meta.url`
 * @returns {boolean}
 */
export function isMain(url) {
  try {
    return fs.realpathSync(process.argv[1] ?? "") === fs.realpathSync(fileURLToPath(url));
  } catch {
    // Started with -e or from standard input.
    return false;
  }
}
