// @ts-check
/** What GitHub would not take, or not do as it is meant, in the project's workflows. */
const { spawn } = require("node:child_process");
const { existsSync, readdirSync } = require("node:fs");
const { join } = require("node:path");

/** How long actionlint may take, in milliseconds: it needs less than a second. */
const wholeMs = 60_000;

/**
 * Asks actionlint about every workflow.
 * @param {string} root the project
 * @param {string | undefined} program actionlint; nothing when this computer does not have it
 * @returns {Promise<string[]>} a line for each problem; one too when nothing could be checked,
 *   because a check that did not take place is no good result
 */
async function workflowProblems(root, program) {
  if (program === undefined)
    return ["actionlint is not here. Get it: node toolchain/run.mjs --ensure lint -- true"];
  const folder = join(".github", "workflows");
  const files = existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).filter((name) => /\.ya?ml$/.test(name))
    : [];
  if (files.length === 0) return [`${folder} has no workflow`];
  // It would take shellcheck and pyflakes from the PATH, and say something else on each computer.
  const words = ["-oneline", "-no-color", "-shellcheck=", "-pyflakes="];
  const { code, text } = await run(root, program, [
    ...words,
    ...files.map((name) => join(folder, name)),
  ]);
  if (code === 0) return [];
  const lines = text.split("\n").filter((line) => line !== "");
  // 1 says that there are problems; with another code it has not read everything.
  if (code === 1 && lines.length > 0) return lines;
  return [`${program} did not end as it should (${code})`, ...lines];
}

/**
 * @param {string} cwd
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<{ code: number | string, text: string }>} code: or why there is none
 */
function run(cwd, program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      signal: AbortSignal.timeout(wholeMs),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part) => (text += part));
    child.once("error", (error) => resolve({ code: error.message, text }));
    child.once("close", (code, signal) => resolve({ code: code ?? signal ?? "no code", text }));
  });
}

module.exports = { workflowProblems };
