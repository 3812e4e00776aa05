// @ts-check
const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * Files that take minutes, because they wait for what takes minutes (the next minute of a schedule, an election). They begin
 * first, so that none of them is left alone at the end. Where nothing is known of earlier runs, Jest would begin with the largest.
 */
const long = [
  "render/job-scheduler",
  "providers/images",
  "providers/volumes",
  "providers/service-attributes",
  "providers/swarm",
  "cli/tasks",
].map((name) => `/test/integration/${name}.test.ts`);

/** @param {string} path */
const rank = (path) => {
  const found = long.findIndex((end) => path.endsWith(end));
  return found < 0 ? long.length : found;
};

module.exports = class LongestFirst extends Sequencer {
  /** @override @param {Parameters<Sequencer["sort"]>[0]} tests */
  async sort(tests) {
    const sorted = await super.sort(tests);
    return [...sorted].sort((one, other) => rank(one.path) - rank(other.path));
  }
};
