// @ts-check
/**
 * `npm run doctor`: what hive needs on this computer, what was found, what is missing. Changes
 * nothing.
 */
import "./mechanics/node-version.mjs";
import { findingsTable, somethingIsMissing } from "./mechanics/findings.mjs";
import { openProject } from "./mechanics/project.mjs";
import { explain } from "./mechanics/step-error.mjs";
import { examine } from "./steps/examine.mjs";

const usage = `usage: npm run doctor [-- --json]

Shows what hive needs on this computer: what was found, in which version and where, and what to do about the rest.
It changes nothing. Exit code 0: all is there; 1: something is not.

  ok  found      --  not there yet, npm start gets it      NO  missing, do what is written below the table
`;

/** @param {string[]} args @returns {Promise<number>} exit code */
async function main(args) {
  if (args[0] === "--help" || args[0] === "-h") {
    process.stdout.write(usage);
    return 0;
  }
  const unknown = args.find((arg) => arg !== "--json");
  if (unknown !== undefined) {
    process.stderr.write(`doctor.mjs: unknown argument ${unknown}\n\n${usage}`);
    return 2;
  }
  const findings = await examine(openProject());
  process.stdout.write(
    args.length > 0 ? JSON.stringify(findings, null, 2) + "\n" : findingsTable(findings),
  );
  return somethingIsMissing(findings) ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(explain(error).join("\n") + "\n");
  process.exitCode = 1;
}
