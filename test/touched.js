// @ts-check
/**
 * What a change touches. Jest knows which tests import a changed file. The tables below know the
 * rest: which tests read or run a file without importing it, and through which rooms of the project
 * a whole stage goes.
 */
const { spawnSync } = require("node:child_process");
const { existsSync, readdirSync } = require("node:fs");
const { join, posix } = require("node:path");

/**
 * The tests that a change leaves of a level.
 * @typedef {{ files: string[], leftOut: string[], why: string }} Choice `why` the others were left
 *   out; "" when none was
 */

/** Where these change, nothing is left out: every test depends on them. */
const everything = [
  ".npmrc",
  "jest.config.js",
  "package.json",
  "package-lock.json",
  "test/deadline.js",
  "toolchain/versions.json",
  "tsconfig.json",
];

/**
 * Tests that read or run a file which they do not import. Paths and tests are given by how they
 * begin.
 * @type {readonly { paths: readonly string[], tests: readonly string[] }[]}
 */
const readers = [
  { paths: ["README.md", "docs/", "model/"], tests: ["test/unit/docs/"] },
  { paths: ["README.md", "docs/"], tests: ["test/unit/cli/examples"] },
  { paths: ["docs/worked-example.md", "site/data/"], tests: ["test/unit/cli/summary"] },
  {
    paths: ["platform/"],
    tests: [
      "test/unit/platform/",
      "test/unit/render/",
      "test/unit/cli/new",
      "test/unit/cli/pins",
      "test/unit/docs/first-service-page",
      "test/integration/",
    ],
  },
  {
    paths: ["site/"],
    tests: [
      "test/unit/model/",
      "test/unit/cli/examples",
      "test/components/",
      "test/contract/image-build",
      "test/integration/images/",
    ],
  },
  { paths: ["Pulumi."], tests: ["test/unit/model/", "test/unit/cli/"] },
  {
    paths: ["toolchain/"],
    tests: ["test/unit/toolchain/", "test/contract/dynamic-provider-starter"],
  },
  { paths: ["rehearsal/provider/"], tests: ["test/unit/toolchain/"] },
  {
    paths: [".github/", "examples/gitlab-ci.yml"],
    tests: ["test/unit/workflows/", "test/unit/test/workflows"],
  },
  { paths: ["rehearsal/", "platform/images/host/"], tests: ["test/integration/rehearsal/"] },
  { paths: ["rehearsal/"], tests: ["test/unit/rehearsal/"] },
  // Reads all sources.
  {
    paths: [
      "cli/",
      "components/",
      "fleet/",
      "model/",
      "providers/",
      "rehearsal/",
      "render/",
      "site/",
    ],
    tests: ["test/unit/layers/"],
  },
];

/** All that takes part when a stage is brought up. */
const stageRooms = [
  "Pulumi.",
  "cli/",
  "components/",
  "fleet/",
  "index.ts",
  "model/",
  "platform/",
  "providers/",
  "render/",
  "site/",
  "toolchain/",
];

/**
 * Which rooms an end-to-end file covers; a file that is not listed covers {@link stageRooms}.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const covers = {
  // The smallest site: what differs is how its servers are reached.
  "test/e2e/loopback.test.ts": [
    "cli/",
    "components/",
    "fleet/",
    "index.ts",
    "model/planning/transform-servers.ts",
    "model/server-container.ts",
    "model/stage/",
    "platform/",
    "render/",
    "toolchain/",
  ],
};

/** @param {string} path @param {readonly string[]} beginnings */
const beginsWith = (path, beginnings) => beginnings.some((begin) => path.startsWith(begin));

/** The level of a test file, or of what lies beside it. @param {string} path */
const levelOf = (path) => /^test\/([^/]+)\//.exec(path)?.[1];

/**
 * The tests of each level that a change touches.
 * @param {object} facts paths are relative to the project, with `/`
 * @param {readonly string[]} facts.changed files that were changed, added or removed
 * @param {readonly string[]} facts.related tests that import one of them, however indirectly
 * @param {Readonly<Record<string, readonly string[]>>} facts.tests all test files of each level
 * @returns {Record<string, Choice>}
 */
function touched({ changed, related, tests }) {
  const all = changed.some((path) => everything.includes(path));
  const read = readers
    .filter(({ paths }) => changed.some((path) => beginsWith(path, paths)))
    .flatMap((reader) => reader.tests);
  // A snapshot, a recorded answer, an image of a test: any test of its level may read it.
  const besides = changed.filter((path) => !path.endsWith(".ts")).map(levelOf);
  /** @type {(test: string) => boolean} */
  const isTouched = (test) =>
    all ||
    related.includes(test) ||
    beginsWith(test, read) ||
    besides.includes(levelOf(test)) ||
    (levelOf(test) === "e2e" &&
      changed.some((path) => beginsWith(path, covers[test] ?? stageRooms)));
  return Object.fromEntries(
    Object.entries(tests).map(([level, files]) => {
      const leftOut = files.filter((file) => !isTouched(file));
      const reason =
        level === "e2e"
          ? "nothing changed in the rooms that they cover (the table in test/touched.js)"
          : "they neither import nor read what changed";
      const why = leftOut.length === 0 ? "" : reason;
      return [level, { files: files.filter(isTouched), leftOut, why }];
    }),
  );
}

/**
 * What was changed since a revision, in the work tree too: from where the branch left it, so that
 * what others did there since does not count.
 * @param {string} root
 * @param {string} revision
 * @returns {string[]}
 * @throws Error when git knows no such revision
 */
function changedSince(root, revision) {
  const git = (/** @type {string[]} */ ...args) =>
    spawnSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  const commit = git(
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  );
  if (commit.status !== 0) {
    const reason = commit.error?.message ?? commit.stderr.trim();
    throw new Error(
      `--since ${revision}: git knows no such commit here${reason === "" ? "" : ` (${reason})`}. ` +
        "Write a commit, a branch or a tag, for example --since HEAD~1.",
    );
  }
  const base = git("merge-base", commit.stdout.trim(), "HEAD");
  const from = (base.status === 0 ? base : commit).stdout.trim();
  const lists = [
    git("diff", "--name-only", "--no-renames", "-z", from),
    git("ls-files", "--others", "--exclude-standard", "-z"),
  ];
  for (const { status, stderr } of lists)
    if (status !== 0) throw new Error(`--since ${revision}: ${stderr}`);
  return lists.flatMap(({ stdout }) => stdout.split("\0")).filter((path) => path !== "");
}

/**
 * All test files of some levels.
 * @param {string} root
 * @param {readonly string[]} levels
 * @returns {Record<string, string[]>}
 */
function testsOf(root, levels) {
  return Object.fromEntries(
    levels.map((level) => [
      level,
      readdirSync(join(root, "test", level), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".test.ts"))
        .map((file) => posix.join("test", level, file))
        .sort(),
    ]),
  );
}

/**
 * The test files that import one of the changed files, as Jest knows it.
 * @param {string} root
 * @param {readonly string[]} changed
 * @returns {string[]}
 */
function importersOf(root, changed) {
  const sources = changed.filter(
    (path) => /\.(c|m)?[jt]s$|\.json$/.test(path) && existsSync(join(root, path)),
  );
  if (sources.length === 0) return [];
  const listed = spawnSync(
    process.execPath,
    [
      join(root, "node_modules", ".bin", "jest"),
      "--listTests",
      "--json",
      "--findRelatedTests",
      ...sources,
    ],
    { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (listed.status !== 0)
    throw new Error(`Jest does not say which tests import what changed:\n${listed.stderr}`);
  return /** @type {string[]} */ (JSON.parse(listed.stdout)).map((path) =>
    posix.relative(root, path),
  );
}

/**
 * The tests of some levels that the changes since a revision touch.
 * @param {string} root
 * @param {string} revision
 * @param {readonly string[]} levels
 * @returns {{ changed: string[], choices: Record<string, Choice> }}
 * @throws Error when git knows no such revision
 */
function touchedSince(root, revision, levels) {
  const changed = changedSince(root, revision);
  const related = importersOf(root, changed);
  return { changed, choices: touched({ changed, related, tests: testsOf(root, levels) }) };
}

module.exports = { touched, touchedSince };
