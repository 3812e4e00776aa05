// @ts-check
const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * Files that take more than a minute, or the longest of their level, because they wait for what
 * takes long (the next minute of a schedule, an election). They begin first, so that none of them
 * is left alone at the end. Where nothing is known of earlier runs, Jest would begin with the
 * largest.
 */
const long = [
  "contract/swarm-service",
  "contract/transport",
  "contract/volume",
  "contract/hand-over",
  "contract/service-initialization",
  "integration/providers/volumes",
  "integration/render/job-scheduler",
  "integration/providers/service-rollout",
  "integration/providers/service-attributes",
  "integration/render/firewall",
  "integration/providers/images",
  "integration/render/colocation",
  "integration/rehearsal/rehearsal",
  "integration/render/host-setup",
  "integration/providers/swarm",
  "integration/images/login-through-gate",
  "integration/images/am",
  "e2e/private-stage",
  "e2e/rehearsed-stage",
  "e2e/prepared-stage",
  "long/rehearsed-stage",
].map((name) => `/test/${name}.test.ts`);

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
