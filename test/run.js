// @ts-check
/**
 * Runs the levels of the test suite one after the other, prints what each took, and ends with the
 * line `N passed, N failed`. `node test/run.js [level …] [--since revision] [-- jest arguments]`;
 * without a level, all of them but `long`; with a revision, the tests that the changes since then
 * touch.
 */
const { spawn, spawnSync } = require("node:child_process");
const { mkdirSync, readFileSync, rmSync } = require("node:fs");
const { availableParallelism } = require("node:os");
const { join, relative } = require("node:path");
const { stripVTControlCharacters } = require("node:util");
const { askAdvisories } = require("./advisories.js");
const { touchedSince } = require("./touched.js");
const { workflowProblems } = require("./workflows.js");

const root = join(__dirname, "..");
const output = join(root, "test-output");
const bin = (/** @type {string} */ name) => join(root, "node_modules", ".bin", name);

/**
 * @typedef {{ level: string, passed: number, failed: number, failures: string[], seconds: number }}
 *   Result
 */

/** Levels in the order in which they run: what fails fast and cheap comes first. */
const jestLevels = ["unit", "components", "contract", "integration", "e2e"];
const levels = ["lint", ...jestLevels];
/** Long random series, run only when they are asked for by name. */
const onRequest = ["long"];

/**
 * Test files at a time. Default: as many as there are cores (Jest would leave one idle). Contract
 * and integration tests wait for servers most of the time, and each file has servers of its own;
 * Linux lets a user have some 30 of these (each takes four of 128 inotify instances). Stages run
 * two at a time; a chapter that measures has the computer alone (`test/e2e/computer.ts`).
 * @type {Readonly<Record<string, number>>}
 */
const workersOf = {
  contract: availableParallelism() + 2,
  integration: Math.min(availableParallelism() + 2, 6),
  e2e: 2,
  long: 1,
};

/**
 * The four static checks, at the same time; each counts as one test. Known weaknesses of packages
 * count as a fifth one, if the registry tells them.
 * @returns {Promise<Omit<Result, "level" | "seconds">>}
 */
async function lint() {
  const checks = [
    { check: "types", ok: succeeds("types", "tsc", ["--noEmit"]) },
    { check: "lint", ok: succeeds("lint", "eslint", ["."]) },
    {
      check: "format",
      ok: succeeds("format", "prettier", ["--check", "--log-level", "warn", "."]),
    },
    { check: "workflows", ok: workflowsAreSound() },
  ];
  const [results, advisories] = await Promise.all([
    Promise.all(checks.map(({ ok }) => ok)),
    askAdvisories(root),
  ]);
  const failures = checks.filter((_, index) => !results[index]).map(({ check }) => check);
  if (!advisories.answered) {
    console.log(`  --   known weaknesses of packages: not known (${advisories.why})`);
    return { passed: checks.length - failures.length, failed: failures.length, failures };
  }
  const { weak } = advisories;
  console.log(`  ${weak.length === 0 ? "ok  " : "FAIL"} known weaknesses of packages`);
  for (const line of weak) console.log(`       ${line}`);
  const all = [...failures, ...(weak.length === 0 ? [] : [`weak packages: ${weak.join("; ")}`])];
  return { passed: checks.length + 1 - all.length, failed: all.length, failures: all };
}

/**
 * Runs a program of the project and says how it ended.
 * @param {string} check
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<boolean>}
 */
function succeeds(check, program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(bin(program), args, { cwd: root, stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => {
      console.log(`  ${code === 0 ? "ok  " : "FAIL"} ${check}`);
      resolve(code === 0);
    });
  });
}

/**
 * Says what is wrong with the workflows, by the actionlint that `--ensure lint` has got.
 * @returns {Promise<boolean>}
 */
async function workflowsAreSound() {
  const { openProject } = await import("../toolchain/mechanics/project.mjs");
  const { findActionlint } = await import("../toolchain/steps/actionlint.mjs");
  const problems = await workflowProblems(root, findActionlint(openProject()));
  console.log(`  ${problems.length === 0 ? "ok  " : "FAIL"} workflows`);
  for (const line of problems) console.log(`       ${line}`);
  return problems.length === 0;
}

/**
 * One Jest project. A run that ended without a report counts as a failure, as does a suite that
 * could not be loaded.
 * @param {string} level
 * @param {string[]} extra
 */
function jest(level, extra) {
  const report = join(output, `${level}.json`);
  rmSync(report, { force: true });
  const workers = workersOf[level] ?? availableParallelism();
  const run = spawnSync(
    process.execPath,
    [
      bin("jest"),
      "--selectProjects",
      level,
      "--json",
      "--outputFile",
      report,
      `--maxWorkers=${workers}`,
      ...extra,
    ],
    { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
  );
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    if (numPassedTests + failed === 0) throw new Error("no test ran");
    return {
      passed: numPassedTests,
      failed: run.status === 0 ? failed : Math.max(failed, 1),
      failures: failuresOf(testResults),
    };
  } catch (error) {
    const reason = `no result (${error instanceof Error ? error.message : error})`;
    console.error(`  ${level}: ${reason}`);
    return { passed: 0, failed: 1, failures: [reason] };
  }
}

/**
 * Every test that failed, and every file that could not be loaded: where it is, its name, and the
 * gist of its message.
 * @param {{ name: string, status: string, message: string, assertionResults: { status: string,
 *   fullName: string, failureMessages: string[] }[] }[]} files
 */
function failuresOf(files) {
  return files.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const tests = assertionResults
      .filter((test) => test.status === "failed")
      .map(({ fullName, failureMessages: [text] }) => `${file} › ${fullName}\n${gist(text)}`);
    return tests.length > 0 || status !== "failed" ? tests : [`${file}\n${gist(message)}`];
  });
}

/**
 * A message in few lines, indented, without colours and without the places that Node adds: how it
 * begins, and how it ends, since what a run of hive printed says at its end what was wrong. All
 * failures together must fit where only the end of the output is kept.
 * @param {string} [text]
 */
function gist(text = "") {
  const lines = stripVTControlCharacters(text)
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s+at /.test(line));
  const kept = lines.length <= 14 ? lines : [...lines.slice(0, 5), "[…]", ...lines.slice(-8)];
  return kept.map((line) => `      ${line.slice(0, 300)}`.trimEnd()).join("\n");
}

/**
 * @param {string[]} args
 * @returns {{ levels: string[], since?: string, extra: string[] } | { problem: string }}
 */
function parseArguments(args) {
  const separator = args.indexOf("--");
  const own = args.slice(0, separator < 0 ? undefined : separator);
  const extra = separator < 0 ? [] : args.slice(separator + 1);
  const at = own.indexOf("--since");
  const since = at < 0 ? undefined : own[at + 1];
  if (at >= 0) {
    if (since === undefined) return { problem: "--since: write a revision after it." };
    own.splice(at, 2);
  }
  const known = [...levels, ...onRequest];
  const unknown = own.filter((level) => !known.includes(level));
  if (unknown.length > 0)
    return { problem: `Unknown level ${unknown.join(", ")}. Levels: ${known.join(", ")}.` };
  return {
    levels: own.length > 0 ? own : levels,
    ...(since === undefined ? {} : { since }),
    extra,
  };
}

/**
 * The tests of each level that the changes since a revision touch; says what is left out, and why.
 * @param {string} since
 * @param {readonly string[]} wanted
 */
function choose(since, wanted) {
  const { changed, choices } = touchedSince(
    root,
    since,
    wanted.filter((level) => level !== "lint"),
  );
  console.log(`Files that changed since ${since}: ${changed.length}. Left out:`);
  const rows = Object.entries(choices).filter(([, { why }]) => why !== "");
  for (const [level, { files, leftOut, why }] of rows) {
    const count = `${leftOut.length} of ${leftOut.length + files.length} files`;
    console.log(`  ${level.padEnd(12)} ${count}: ${why}`);
  }
  if (rows.length === 0) console.log("  nothing");
  return choices;
}

async function main() {
  const wanted = parseArguments(process.argv.slice(2));
  if ("problem" in wanted) return refuse(wanted.problem);
  /** @type {ReturnType<typeof choose>} */
  let choices = {};
  try {
    if (wanted.since !== undefined) choices = choose(wanted.since, wanted.levels);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  mkdirSync(output, { recursive: true });
  /** @type {Result[]} */
  const results = [];
  for (const level of wanted.levels) {
    const files = choices[level]?.files;
    if (files?.length === 0) continue;
    console.log(`== ${level}`);
    const start = Date.now();
    const result =
      level === "lint"
        ? await lint()
        : jest(level, [
            ...(files === undefined ? [] : ["--runTestsByPath", ...files]),
            ...wanted.extra,
          ]);
    results.push({ level, ...result, seconds: (Date.now() - start) / 1000 });
  }
  // What failed stands at the end, where it is looked for; Jest's own words are far above.
  for (const { level, failures } of results) {
    for (const failure of failures) console.log(`\nFAILED ${level}: ${failure}`);
  }
  console.log("\nlevel         seconds   passed   failed");
  for (const { level, seconds, passed, failed } of results) {
    console.log(
      `${level.padEnd(12)} ${seconds.toFixed(1).padStart(8)} ${String(passed).padStart(8)} ${String(failed).padStart(8)}`,
    );
  }
  const sum = (/** @type {"passed" | "failed"} */ key) =>
    results.reduce((total, result) => total + result[key], 0);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}

/** @param {string} problem */
function refuse(problem) {
  console.error(problem);
  process.exitCode = 2;
}

void main();
