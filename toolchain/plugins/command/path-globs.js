// @ts-check
/**
 * `assetPaths` and `archivePaths`: the files that a command left behind, found by globs with the
 * rules of pulumi-command (`*` within a name, `**` also across `/`, `!` excludes, later rules win).
 */
const { createHash } = require("node:crypto");
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { assetArchive, pathAsset } = require("./property-values");

/** @param {string} glob @returns {RegExp} for paths with `/` */
function toRegExp(glob) {
  let depth = 0;
  const source = glob.replace(/\*\*|\*|\?|\[!?[^\]]+\]|\{|\}|,|\\.|[.+^$()|\\/]/g, (token) => {
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token.startsWith("[") && token.length > 1) return token.replace(/^\[!/, "[^");
    if (token === "{") return (depth++, "(?:");
    if (token === "}") return (depth--, ")");
    if (token === ",") return depth > 0 ? "|" : ",";
    return token.length === 2 ? `\\${token[1]}` : `\\${token}`;
  });
  return new RegExp(`^${source}$`, "s");
}

/** @param {string} root @param {string} [below] @returns {string[]} files, sorted, relative, with `/` */
function filesOf(root, below = "") {
  return readdirSync(join(root, below), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? filesOf(root, path) : [path];
    });
}

/**
 * @param {string} dir
 * @param {string[]} globs
 * @returns {Record<string, import("./property-values").Asset>} by path relative to `dir`
 */
function globAssets(dir, globs) {
  const rules = globs.map((glob) => ({
    excludes: glob.startsWith("!"),
    pattern: toRegExp(glob.replace(/^!/, "")),
  }));
  const found = filesOf(dir).filter(
    (path) => rules.filter(({ pattern }) => pattern.test(path)).at(-1)?.excludes === false,
  );
  return Object.fromEntries(
    found.map((path) => {
      const file = join(dir, path);
      return [path, pathAsset(file, createHash("sha256").update(readFileSync(file)).digest("hex"))];
    }),
  );
}

/**
 * @param {string} dir
 * @param {string[]} globs
 * @returns {import("./property-values").Archive} its hash depends on paths and contents alone
 */
function globArchive(dir, globs) {
  const assets = globAssets(dir, globs);
  const hash = createHash("sha256");
  Object.entries(assets).forEach(([path, asset]) => hash.update(`${path}\0${asset.hash}\0`));
  return assetArchive(assets, hash.digest("hex"));
}

module.exports = { globAssets, globArchive, toRegExp };
