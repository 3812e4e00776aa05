// @ts-check
/**
 * Reads where this computer's apt gets packages from, and writes the same for an image
 * (sources.list(5)).
 */
import fs from "node:fs";
import path from "node:path";

/**
 * @typedef {object} AptSource
 * @property {string} uri
 * @property {string} suite for example `bookworm-updates`
 * @property {string[]} components for example `main`
 */

/**
 * @param {string} folder normally /etc/apt
 * @returns {AptSource[]} of binary packages, both file formats, in the order of the files; empty
 *   without apt
 */
export function aptSources(folder) {
  const parts = path.join(folder, "sources.list.d");
  const names = fs.existsSync(parts)
    ? fs
        .readdirSync(parts)
        .sort()
        .map((name) => path.join(parts, name))
    : [];
  return [path.join(folder, "sources.list"), ...names].flatMap((file) => {
    if (!fs.existsSync(file)) return [];
    const text = fs.readFileSync(file, "utf8");
    if (file.endsWith(".list")) return parseOneLine(text);
    return file.endsWith(".sources") ? parseDeb822(text) : [];
  });
}

/** @param {string} text @returns {AptSource[]} */
export function parseOneLine(text) {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    if (!match) return [];
    return [{ uri: match[1] ?? "", suite: match[2] ?? "", components: words(match[3]) }];
  });
}

/** @param {string} text @returns {AptSource[]} */
export function parseDeb822(text) {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (/** @type {string} */ name) => {
      const match = new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t].*)*)`, "im").exec(
        stanza.replace(/^#.*\n?/gm, ""),
      );
      return words(match?.[1]);
    };
    if (!field("Types").includes("deb") || field("Enabled")[0] === "no") return [];
    const components = field("Components");
    return field("URIs").flatMap((uri) =>
      field("Suites").map((suite) => ({ uri, suite, components })),
    );
  });
}

/**
 * The server from which this computer gets a suite.
 * @param {AptSource[]} sources
 * @param {string} suite
 * @returns {string | undefined} nothing if it does not use that suite; then debootstrap's default
 *   is used
 */
export function suiteMirror(sources, suite) {
  return sources.find((source) => source.suite === suite && source.components.includes("main"))
    ?.uri;
}

/**
 * The sources.list of an image: what debootstrap wrote, and the suite's security and other updates
 * where this computer has them.
 * @param {string} own what debootstrap wrote
 * @param {string} suite
 * @param {AptSource[]} sources of this computer
 * @returns {string}
 */
export function sourcesListText(own, suite, sources) {
  const lines = own.split("\n").filter((line) => line.trim() !== "");
  for (const more of [`${suite}-updates`, `${suite}-security`]) {
    const uri = suiteMirror(sources, more);
    const line = `deb ${uri} ${more} main`;
    if (uri !== undefined && !lines.includes(line)) lines.push(line);
  }
  return lines.join("\n") + "\n";
}

/** @param {string | undefined} text @returns {string[]} */
function words(text) {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
