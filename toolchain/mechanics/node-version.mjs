// @ts-check
/**
 * Imported first by every entry point: ends the process with a clear message on a Node.js that is
 * too old. It uses nothing that an old Node.js would not know.
 */
import process from "node:process";

/** The oldest major version of Node.js that hive runs on; versions.json says the same. */
export const minimumMajor = 20;

/**
 * @param {string} version as `process.versions.node` gives it
 * @returns {string | undefined} what is wrong and what to do; nothing if the version is new enough
 */
export function nodeVersionProblem(version) {
  if (Number(version.split(".")[0]) >= minimumMajor) return undefined;
  return (
    `hive needs Node.js ${minimumMajor} or newer; this is ${version} (${process.execPath}).\n` +
    `Install a newer one, for example with nvm (nvm install ${minimumMajor} && nvm use ${minimumMajor}),\n` +
    `or from https://nodejs.org/en/download, and run the command again.`
  );
}

const problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
  process.stderr.write(problem + "\n");
  process.exit(1);
}
