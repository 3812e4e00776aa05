// @ts-check
/**
 * Shows what the steps do: on a terminal one live line for each running step, else a line when a
 * step starts, says something new, still runs, and ends. Everything goes to one stream (standard
 * error), so that a command's own output stays clean.
 */
import { performance } from "node:perf_hooks";
import { explain } from "./step-error.mjs";

/** A faster step prints no line for its start, in milliseconds. */
const quickMs = 400;

/** How often a long step reports that it still runs without a terminal, in milliseconds. */
const heartbeatMs = 15_000;

/** How often live lines are drawn again, in milliseconds. */
const redrawMs = 200;

/** @typedef {import("./graph.mjs").Step} Step */
/** @typedef {import("./graph.mjs").StepResult} StepResult */

/**
 * @typedef {object} Running
 * @property {number} since
 * @property {string} text what it does now
 * @property {boolean} announced whether a line was printed for it
 * @property {NodeJS.Timeout[]} timers
 */

/**
 * @param {object} options
 * @param {NodeJS.WritableStream & {isTTY?: boolean, columns?: number}} options.stream
 * @param {boolean} [options.quiet] print nothing for a step that found everything; default: false
 * @param {boolean} [options.live] draw live lines; default: when the stream is a terminal
 * @returns {import("./graph.mjs").Listener & {close: () => void}} close ends the live lines
 */
export function createProgress({ stream, quiet = false, live = stream.isTTY === true }) {
  /** @type {Map<string, Running>} */
  const running = new Map();
  const began = performance.now();
  let drawn = 0;

  const clock = () => `[${seconds(performance.now() - began).padStart(6)}]`;
  const erase = () => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = () => {
    erase();
    const width = (stream.columns ?? 80) - 1;
    for (const [title, { since, text }] of running) {
      if (performance.now() - since < quickMs) continue;
      const line = `  ... ${title}: ${text || "working"} (${seconds(performance.now() - since)})`;
      stream.write(line.slice(0, width) + "\n");
      drawn += 1;
    }
  };
  const line = (/** @type {string} */ text) => {
    if (live) erase();
    stream.write(text + "\n");
    if (live) draw();
  };
  const redraw = live ? setInterval(draw, redrawMs) : undefined;
  redraw?.unref();

  return {
    started(step) {
      const state = {
        since: performance.now(),
        text: "",
        announced: false,
        timers: /** @type {any[]} */ ([]),
      };
      running.set(step.title, state);
      if (live) return;
      state.timers.push(
        setTimeout(() => {
          state.announced = true;
          line(`${clock()} ${step.title}: ${state.text || "started"}`);
        }, quickMs),
        setInterval(() => {
          const time = seconds(performance.now() - state.since);
          line(`${clock()} ${step.title}: still ${state.text || "working"} (${time})`);
        }, heartbeatMs),
      );
    },
    reported(step, text) {
      const state = running.get(step.title);
      if (!state || state.text === text) return;
      state.text = text;
      if (!live && state.announced) line(`${clock()} ${step.title}: ${text}`);
    },
    finished(step, result) {
      const state = running.get(step.title);
      state?.timers.forEach((timer) => clearTimeout(timer));
      running.delete(step.title);
      const [first, ...more] = finishedLines(step, result, quiet);
      if (first !== undefined) line([`${clock()} ${first}`, ...more].join("\n"));
    },
    close() {
      clearInterval(redraw);
      if (live) erase();
    },
  };
}

/**
 * The lines for a step that ended.
 * @param {Step} step
 * @param {StepResult} result
 * @param {boolean} quiet
 * @returns {string[]}
 */
export function finishedLines(step, result, quiet) {
  const time = seconds(result.ms);
  switch (result.status) {
    case "done":
      if (quiet && result.outcome?.changed !== true) return [];
      return [`${step.title}: ${result.outcome?.detail ?? "done"} (${time})`];
    case "skipped":
      return [`${step.title}: skipped, because "${result.because}" did not succeed`];
    case "cancelled":
      return [`${step.title}: cancelled (${time})`];
    case "failed":
      return [
        `${step.title}: FAILED (${time})`,
        ...explain(result.error).map((text) => `    ${text}`),
      ];
  }
}

/** @param {number} ms @returns {string} for example `0.3 s` or `212 s` */
export function seconds(ms) {
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
