// @ts-check
/** Known weaknesses of the npm packages that hive runs with, as far as the registry tells them. */
const { spawn } = require("node:child_process");

/**
 * What `npm audit --json` answered.
 * @typedef {{ answered: false, why: string } | { answered: true, weak: string[] }} Advisories
 */

/**
 * Reads the answer. A registry may know no advisories; then nothing is known, and that is no good
 * result.
 * @param {string} text standard output of `npm audit --json`
 * @returns {Advisories} weak: a line for each package with a high or critical weakness
 */
function readAdvisories(text) {
  /**
   * @type {{
   *   message?: string;
   *   vulnerabilities?: Record<string, { severity: string; range: string }>;
   * }}
   */
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return { answered: false, why: "npm audit printed no JSON" };
  }
  const { message, vulnerabilities } = answer;
  if (vulnerabilities === undefined)
    return { answered: false, why: message ?? "npm audit told no vulnerabilities" };
  const weak = Object.entries(vulnerabilities)
    .filter(([, { severity }]) => severity === "high" || severity === "critical")
    .map(([name, { severity, range }]) => `${name} ${range}: ${severity}`);
  return { answered: true, weak };
}

/**
 * Asks the registry about the packages in `package-lock.json` that hive runs with.
 * @param {string} root the project
 * @returns {Promise<Advisories>}
 */
function askAdvisories(root) {
  const words = ["audit", "--package-lock-only", "--omit=dev", "--json"];
  return new Promise((resolve) => {
    const child = spawn("npm", words, {
      cwd: root,
      timeout: 60_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part) => (text += part));
    child.once("error", (error) => resolve({ answered: false, why: error.message }));
    child.once("close", () => resolve(readAdvisories(text)));
  });
}

module.exports = { askAdvisories, readAdvisories };
