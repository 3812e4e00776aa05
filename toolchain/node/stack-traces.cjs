// @ts-check
/**
 * Pulumi creates an error without a message for every promise and resource, only to keep its stack
 * trace: thousands in a run. Looking up the lines of the source for each took a fifth of the
 * program's time. Their traces keep the lines of the compiled code; all other errors show the lines
 * of their source.
 */
"use strict";

const withSourceLines = Error.prepareStackTrace;

Error.prepareStackTrace = (error, sites) => {
  const isMark = error.message === "" && error.name === "Error";
  return isMark || withSourceLines === undefined
    ? [String(error), ...sites.map(String)].join("\n    at ")
    : inPackage(String(withSourceLines(error, sites)));
};

/**
 * The source maps of Pulumi's SDK name its files one folder too high, `@pulumi/output.ts`. That is
 * more than a wrong path: `util.inspect` of Node 20, with which Pulumi shows an error, never ends
 * for a scoped package's path without a folder below, until the text is too long for a string half
 * a minute later.
 * @param {string} trace
 */
function inPackage(trace) {
  return trace.replace(/(node_modules\/@pulumi\/)(?=[\w.-]+:\d)/g, "$1pulumi/");
}
