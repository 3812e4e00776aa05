// @ts-check
import fs from "node:fs";
import path from "node:path";

/** How many log files are kept. */
const kept = 40;

/**
 * Removes the oldest log files beyond the number that is kept.
 * @param {string} folder
 */
export function removeOldLogs(folder) {
  if (!fs.existsSync(folder)) return;
  const byAge = fs
    .readdirSync(folder)
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, at: fs.statSync(file).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { file } of byAge.slice(kept)) fs.rmSync(file, { force: true });
}
