// @ts-check
/**
 * What ts-node compiles with (`tsconfig.json`, `ts-node.transpiler`): its own compiler, with the result kept in
 * `node_modules/.cache`. The program and the `hive` command compile themselves at every start; this
 * takes a second and more away. The key is the content of the file, the options and the versions, so nothing can be stale; whoever deletes the folder
 * loses nothing.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

const folder = join(__dirname, "..", "node_modules", ".cache", "hive-transpiled");

/** @typedef {{ outputText: string, sourceMapText?: string, diagnostics?: unknown[] }} Transpiled */

/**
 * @param {{ service: { config: { options: object } }, nodeModuleEmitKind?: string }} context as ts-node 10.9 gives it
 * @returns {{ transpile(input: string, options: { fileName: string }): Transpiled }}
 */
function create({ service, nodeModuleEmitKind }) {
  const { options } = service.config;
  const settings = JSON.stringify([versions(), options, nodeModuleEmitKind ?? null]);
  /** @type {ReturnType<typeof compiler> | undefined} */
  let compile;
  return {
    transpile(input, { fileName }) {
      const key = createHash("sha256")
        .update(settings)
        .update("\0")
        .update(fileName)
        .update("\0")
        .update(input);
      const file = join(folder, `${key.digest("hex")}.json`);
      const known = read(file);
      if (known !== undefined) return known;
      compile ??= compiler(options, nodeModuleEmitKind);
      const result = compile(input, fileName);
      if ((result.diagnostics ?? []).length === 0) write(file, result);
      return result;
    },
  };
}

function versions() {
  return ["ts-node", "typescript"].map((name) => require(`${name}/package.json`).version);
}

/**
 * The function that ts-node uses without a transpiler of one's own; it is not among its exports, the version is pinned.
 * @param {object} compilerOptions
 * @param {string | undefined} nodeModuleEmitKind
 * @returns {(input: string, fileName: string) => Transpiled}
 */
function compiler(compilerOptions, nodeModuleEmitKind) {
  const { createTsTranspileModule } = require(
    join(dirname(require.resolve("ts-node/package.json")), "dist", "ts-transpile-module.js"),
  );
  const transpile = createTsTranspileModule(require("typescript"), {
    compilerOptions,
    reportDiagnostics: true,
  });
  const packageType = nodeModuleEmitKind === "nodeesm" ? "module" : "commonjs";
  return (input, fileName) => transpile(input, { fileName }, packageType);
}

/** @param {string} file @returns {Transpiled | undefined} */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Atomic, because several processes compile at once; a cache that cannot be written is none. @param {string} file @param {Transpiled} result */
function write(file, { outputText, sourceMapText }) {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, JSON.stringify({ outputText, sourceMapText }));
    renameSync(draft, file);
  } catch {
    // Read-only or full: the next start compiles again.
  }
}

module.exports = { create };
