// @ts-check
/** The output of `npm run doctor`: plain data in, text out. */

/**
 * One thing that hive needs.
 * @typedef {object} Finding
 * @property {string} what
 * @property {"found" | "can be made" | "missing" | "optional"} status can be made: npm start gets
 *   it; optional: it is not there, and there is another way, or the part that needs it is marked
 *   itself
 * @property {string} version empty when unknown
 * @property {string} where path, address, or how it came here
 * @property {string[]} remedy what to do when it is missing, or what npm start will do
 */

/**
 * @param {Finding[]} findings
 * @returns {string} a table, and below it what to do
 */
export function findingsTable(findings) {
  const rows = [
    ["", "what", "version", "where"],
    ...findings.map(({ what, status, version, where }) => [marks[status], what, version, where]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const advice = findings
    .filter((finding) => finding.remedy.length > 0)
    .flatMap((finding) => ["", `${finding.what}:`, ...finding.remedy.map((line) => `  ${line}`)]);
  return [...table, ...advice, "", verdict(findings)].join("\n") + "\n";
}

/** @type {Record<Finding["status"], string>} */
const marks = { found: "ok", "can be made": "--", missing: "NO", optional: "" };

/** @param {Finding[]} findings @returns {string} */
export function verdict(findings) {
  const missing = findings.filter((finding) => finding.status === "missing");
  if (missing.length > 0)
    return `Missing: ${missing.map((finding) => finding.what).join(", ")}. See above what to do.`;
  const coming = findings.filter((finding) => finding.status === "can be made");
  if (coming.length > 0) return `npm start gets the parts marked "--" by itself.`;
  return "Nothing is missing.";
}

/**
 * @param {Finding[]} findings
 * @returns {boolean} whether something is missing that hive cannot get by itself, or did not get
 *   yet
 */
export function somethingIsMissing(findings) {
  return findings.some(
    (finding) => finding.status === "missing" || finding.status === "can be made",
  );
}
