// @ts-check
/**
 * Lets Node.js load the project's TypeScript, so that a clone runs without a build step. Types are
 * not checked here (`npm run lint` does).
 *
 * Compiled code is kept in `node_modules/.cache`; if it is there, the compiler is not even loaded.
 * The key is the file's place in the project, its content, the options and the compiler's version,
 * so nothing can be stale, and the folder can be deleted at any time.
 */
"use strict";
const { createHash } = require("node:crypto");
const {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require("node:fs");
const { join, relative } = require("node:path");

const project = join(__dirname, "..", "..");
const kept = join(project, "node_modules", ".cache", "hive-compiled");

/** Hex digits of a hash: enough to be unique, and file names stay short. */
const digits = 32;

/**
 * @typedef {object} Compiled
 * @property {string} code JavaScript
 * @property {string} map its source map
 */

const configuration = readFileSync(join(project, "tsconfig.json"), "utf8");

/** Everything that the result depends on, apart from the file itself. */
const settings = hash(
  [
    readFileSync(__filename, "utf8"),
    configuration,
    require("typescript/package.json").version,
  ].join("\0"),
);

/**
 * The place of a file's compiled code: other content has another place. Copies of the project that
 * share their packages share it too.
 * @param {string} file @param {string} source
 */
function placeOf(file, source) {
  return join(kept, `${hash(relative(project, file))}-${hash(`${settings}${source}`)}`);
}

/** @param {string} text */
function hash(text) {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}

/**
 * @param {string} file @param {string} source its content
 * @returns {string} JavaScript
 * @throws {Error} named TSError, with the compiler's message, if it is not valid TypeScript
 */
function compiled(file, source) {
  const place = placeOf(file, source);
  const known = read(`${place}.js`);
  if (known !== undefined) return known;
  const result = compile(file, source);
  keep(place, result);
  return result.code;
}

/**
 * The source map of a file's code. @param {string} file @returns {string | undefined} nothing for
 * other files
 */
function sourceMapOf(file) {
  if (!file.endsWith(".ts") || file.includes("node_modules")) return undefined;
  const source = read(file);
  if (source === undefined) return undefined;
  return read(`${placeOf(file, source)}.map`) ?? compile(file, source).map;
}

/** @param {string} file @param {string} source @returns {Compiled} */
function compile(file, source) {
  /** @type {typeof import("typescript")} */
  const ts = require("typescript");
  const { config } = ts.parseConfigFileTextToJson("tsconfig.json", configuration);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, project);
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: { ...options, noEmit: false, sourceMap: true },
    reportDiagnostics: true,
  });
  if (diagnostics !== undefined && diagnostics.length > 0) {
    const words = ts.formatDiagnostics(diagnostics, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => project,
      getNewLine: () => "\n",
    });
    // By this name, Pulumi recognizes an error with its place in the message.
    throw Object.assign(new Error(`Unable to compile TypeScript:\n${words}`), { name: "TSError" });
  }
  return { code: outputText, map: sourceMapText ?? "" };
}

/** @type {readonly string[] | undefined} */
let known;

/**
 * If the cache cannot be written, the next start compiles again. @param {string} place
 * @param {Compiled} result
 */
function keep(place, { code, map }) {
  try {
    mkdirSync(kept, { recursive: true });
    write(`${place}.map`, map);
    write(`${place}.js`, code);
    const mine = relative(kept, place);
    known ??= readdirSync(kept);
    for (const name of known)
      if (name.startsWith(mine.slice(0, digits + 1)) && !name.startsWith(mine))
        rmSync(join(kept, name), { force: true });
  } catch {
    // Read-only or full.
  }
}

/** Atomic, because several processes compile at once. @param {string} file @param {string} text */
function write(file, text) {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

/** @param {string} file @returns {string | undefined} nothing when it is not there */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** @typedef {NodeModule & { _compile(code: string, file: string): void }} Loaded */

require.extensions[".ts"] = (/** @type {NodeModule} */ module, /** @type {string} */ file) => {
  const code = compiled(file, readFileSync(file, "utf8"));
  /** @type {Loaded} */ (module)._compile(code, file);
};

// Stack traces show the lines of the source. Pulumi uses the same package.
// @ts-expect-error -- it brings no types
require("source-map-support").install({
  environment: "node",
  handleUncaughtExceptions: false,
  /** @param {string} file */
  retrieveSourceMap(file) {
    const map = sourceMapOf(file);
    return map === undefined ? null : { url: file, map };
  },
});
