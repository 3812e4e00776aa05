// @ts-check
/** The software bill of materials of the toolchain (CycloneDX 1.5). Pure. */

/**
 * A part of a bill of materials, as far as it is looked at here.
 * @typedef {object} Component
 * @property {string} type
 * @property {string} name
 * @property {string} version
 * @property {string} [purl] its address as package-url says
 */

/**
 * A CycloneDX document.
 * @typedef {{ components: Component[] } & Record<string, unknown>} Bill
 */

/**
 * The modules that a `go.mod` asks for, itself or through others, after its replacements; modules
 * of the project's own folders are left out (Go Modules Reference, "go.mod files").
 * @param {string} text
 * @returns {Component[]}
 */
export function goModules(text) {
  /** @type {Map<string, {name: string, version: string} | undefined>} */
  const replaced = new Map();
  for (const [, from = "", to = "", version] of directives(text, "replace").matchAll(
    /^\s*(\S+)(?:\s+v\S+)?\s+=>\s+(\S+)(?:\s+(v\S+))?/gm,
  )) {
    replaced.set(from, version === undefined ? undefined : { name: to, version });
  }
  const required = directives(text, "require").matchAll(/^\s*([^\s/]\S*)\s+(v\S+)/gm);
  return [...required].flatMap(([, module = "", pinned = ""]) => {
    const found = replaced.has(module) ? replaced.get(module) : { name: module, version: pinned };
    if (found === undefined) return [];
    const { name, version } = found;
    return [
      { type: "library", name, version, purl: `pkg:golang/${name}@${encodeURIComponent(version)}` },
    ];
  });
}

/**
 * The lines of a directive, in its block form and in its short one.
 * @param {string} text
 * @param {"require" | "replace"} word
 */
function directives(text, word) {
  const blocks = [...text.matchAll(new RegExp(`^${word} \\(\\n([^)]*)\\)`, "gm"))];
  const lines = [...text.matchAll(new RegExp(`^${word} ([^(\\n]+)$`, "gm"))];
  return [...blocks, ...lines].map(([, content = ""]) => content).join("\n");
}

/**
 * The whole bill: what npm knows of its packages, and what the project's own builds take beside
 * them; each part once.
 * @param {Bill} npm as `npm sbom` prints it
 * @param {readonly string[]} goMods texts of `go.mod` files
 * @param {readonly Component[]} programs other programs with their versions
 * @returns {Bill}
 */
export function toolchainBill(npm, goMods, programs) {
  const all = [...npm.components, ...programs, ...goMods.flatMap(goModules)];
  const parts = new Map(all.map((part) => [part.purl ?? `${part.name}@${part.version}`, part]));
  return { ...npm, components: [...parts.values()] };
}
