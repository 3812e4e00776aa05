// @ts-check
/** What runs: every create, update, delete and invoke, each with a deadline, all of them stoppable. */

/**
 * @typedef {object} Operation
 * @property {AbortSignal} signal its reason says why the operation has to end
 * @property {import("./engine-log").ResourceLog} log
 * @property {(text: string) => string} redact keeps standard input and secrets out of an error
 * @property {(text: string) => string} hide keeps secrets out of a line of output
 */

function operations() {
  /** @type {Set<AbortController>} */
  const running = new Set();
  /** @type {Set<Promise<unknown>>} */
  const unfinished = new Set();
  /** @type {Error | undefined} */
  let stopped;
  return {
    /**
     * @template T
     * @param {number} timeout seconds (`customTimeouts` of the resource); 0 = none
     * @param {(signal: AbortSignal) => Promise<T>} work
     * @returns {Promise<T>}
     */
    async run(timeout, work) {
      if (stopped !== undefined) {
        throw stopped;
      }
      const controller = new AbortController();
      running.add(controller);
      const timer =
        timeout > 0
          ? setTimeout(
              () => controller.abort(new Error(`not done within ${timeout} s (customTimeouts)`)),
              timeout * 1000,
            )
          : undefined;
      const done = work(controller.signal);
      unfinished.add(done);
      try {
        return await done;
      } finally {
        clearTimeout(timer);
        running.delete(controller);
        unfinished.delete(done);
      }
    },
    /**
     * Ends everything that runs and lets nothing begin any more.
     *
     * @param {string} reason
     * @returns {Promise<void>} when all has ended
     */
    async stop(reason) {
      stopped = new Error(reason);
      running.forEach((controller) => controller.abort(stopped));
      await Promise.allSettled([...unfinished]);
    },
  };
}

module.exports = { operations };
