// @ts-check
/** Runs the steps of some groups with progress, and ends cleanly when the user interrupts. */
import { performance } from "node:perf_hooks";
import { stepsOf } from "../steps/all.mjs";
import { runGraph } from "./graph.mjs";
import { removeOldLogs } from "./logs.mjs";
import { createProgress, seconds } from "./progress.mjs";

/**
 * @param {import("./project.mjs").Project} project
 * @param {string[]} names groups of steps/all.mjs
 * @param {object} [options]
 * @param {boolean} [options.quiet] print nothing about parts that were there; default: false
 * @param {NodeJS.WritableStream} [options.stream] default: standard error
 * @returns {Promise<number>} exit code: 0 when all is there, 1 when a step failed, 130 when
 *   interrupted
 */
export function ensure(project, names, options = {}) {
  return ensureSteps(stepsOf(project, names), project, options);
}

/**
 * @param {import("./graph.mjs").Step[]} steps
 * @param {import("./project.mjs").Project} project
 * @param {object} [options]
 * @param {boolean} [options.quiet]
 * @param {NodeJS.WritableStream} [options.stream]
 * @returns {Promise<number>} as ensure
 */
export async function ensureSteps(steps, project, { quiet = false, stream = process.stderr } = {}) {
  const abort = new AbortController();
  const interrupt = () => abort.abort(new Error("interrupted"));
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  signals.forEach((name) => process.on(name, interrupt));
  const progress = createProgress({ stream, quiet });
  const before = performance.now();
  try {
    const results = await runGraph(steps, {
      signal: abort.signal,
      listener: progress,
    });
    progress.close();
    if (abort.signal.aborted) {
      stream.write("Interrupted. Finished steps are kept; the next run continues from there.\n");
      return 130;
    }
    const failed = results.filter((result) => result.status !== "done");
    if (failed.length > 0) {
      stream.write(
        `This computer is not ready: see FAILED above. npm run doctor shows everything that is missing.\n`,
      );
      return 1;
    }
    if (results.some((result) => result.outcome?.changed)) removeOldLogs(project.layout.logs);
    if (!quiet) stream.write(`This computer is ready (${seconds(performance.now() - before)}).\n`);
    return 0;
  } finally {
    progress.close();
    signals.forEach((name) => process.off(name, interrupt));
  }
}
