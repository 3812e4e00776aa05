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
    : withSourceLines(error, sites);
};
