// @ts-check
/** Runs steps in parallel, as far as their needs allow. */
import { performance } from "node:perf_hooks";
import { StepError } from "./step-error.mjs";

/**
 * What a step did.
 * @typedef {object} StepOutcome
 * @property {boolean} changed whether anything was made; false when it was all there
 * @property {string} detail what was found or made, and where, in a few words
 */

/**
 * What a running step is given.
 * @typedef {object} StepContext
 * @property {AbortSignal} signal aborted when the whole run is cancelled
 * @property {(text: string) => void} report reports what the step does now
 */

/**
 * @typedef {object} Step
 * @property {string} name unique
 * @property {string} title what a person reads
 * @property {string[]} needs names of steps that must have succeeded
 * @property {(context: StepContext) => Promise<StepOutcome>} run
 */

/**
 * @typedef {object} StepResult
 * @property {string} name
 * @property {"done" | "failed" | "skipped" | "cancelled"} status skipped: something it needs did
 *   not succeed
 * @property {number} ms
 * @property {StepOutcome} [outcome] when done
 * @property {unknown} [error] when failed
 * @property {string} [because] when skipped: the name of the step that did not succeed
 */

/**
 * @typedef {object} Listener
 * @property {(step: Step) => void} [started]
 * @property {(step: Step, text: string) => void} [reported]
 * @property {(step: Step, result: StepResult) => void} [finished]
 */

/**
 * Runs every step once. A failed step does not stop those that do not need it.
 * @param {Step[]} steps
 * @param {object} options
 * @param {AbortSignal} options.signal
 * @param {Listener} [options.listener]
 * @returns {Promise<StepResult[]>} one for each step, in the given order
 * @throws {Error} when the steps need each other in a circle, or need an unknown step
 */
export async function runGraph(steps, { signal, listener = {} }) {
  checkGraph(steps);
  /** @type {Map<string, Promise<StepResult>>} */
  const running = new Map();
  /** @type {(step: Step) => Promise<StepResult>} */
  const start = (step) => {
    const known = running.get(step.name);
    if (known) return known;
    const needed = steps.filter((other) => step.needs.includes(other.name)).map(start);
    const promise = Promise.all(needed).then((results) =>
      runOne(step, results, { signal, listener }),
    );
    running.set(step.name, promise);
    return promise;
  };
  return Promise.all(steps.map(start));
}

/**
 * @param {Step} step
 * @param {StepResult[]} needed
 * @param {{signal: AbortSignal, listener: Listener}} options
 * @returns {Promise<StepResult>}
 */
async function runOne(step, needed, { signal, listener }) {
  const missing = needed.find((result) => result.status !== "done");
  /** @param {Omit<StepResult, "name">} rest */
  const finish = (rest) => {
    const result = { name: step.name, ...rest };
    listener.finished?.(step, result);
    return result;
  };
  if (signal.aborted || missing?.status === "cancelled")
    return finish({ status: "cancelled", ms: 0 });
  if (missing)
    return finish({ status: "skipped", ms: 0, because: missing.because ?? missing.name });
  const before = performance.now();
  listener.started?.(step);
  try {
    const outcome = await step.run({ signal, report: (text) => listener.reported?.(step, text) });
    return finish({ status: "done", ms: performance.now() - before, outcome });
  } catch (error) {
    const status = signal.aborted ? "cancelled" : "failed";
    return finish({ status, ms: performance.now() - before, error });
  }
}

/** @param {Step[]} steps */
function checkGraph(steps) {
  const byName = new Map(steps.map((step) => [step.name, step]));
  if (byName.size !== steps.length) throw new Error("two steps have the same name");
  /** @type {Set<string>} */
  const clear = new Set();
  const visit = (/** @type {string} */ name, /** @type {string[]} */ path) => {
    if (path.includes(name))
      throw new Error(`steps need each other: ${[...path, name].join(" → ")}`);
    if (clear.has(name)) return;
    const step = byName.get(name);
    if (!step) throw new Error(`step ${path.at(-1)} needs ${name}, which does not exist`);
    for (const need of step.needs) visit(need, [...path, name]);
    clear.add(name);
  };
  for (const step of steps) visit(step.name, []);
}

/**
 * Limits how many actions run at once; the others wait in order.
 * @param {number} slots
 * @returns {<T>(action: () => Promise<T>, signal: AbortSignal, onWait?: () => void) => Promise<T>}
 *   onWait is called when the action has to wait
 */
export function limiter(slots) {
  let free = slots;
  /** @type {(() => void)[]} */
  const queue = [];
  return async (action, signal, onWait) => {
    if (free > 0) {
      free -= 1;
    } else {
      onWait?.();
      await new Promise((resolve) => queue.push(() => resolve(undefined)));
    }
    try {
      if (signal.aborted) throw new StepError("cancelled");
      return await action();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free += 1;
    }
  };
}
