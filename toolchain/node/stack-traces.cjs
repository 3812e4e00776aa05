// @ts-check
/**
 * Pulumi makes an error without a message wherever a promise or a resource begins, only to keep its
 * stack trace: thousands in a run. To look up the lines of the source for each was a fifth of the
 * program's time. Theirs stay as they are in the compiled code; every other error is told with the
 * lines of its source.
 */
"use strict";

const withSourceLines = Error.prepareStackTrace;

Error.prepareStackTrace = (error, sites) => {
  const isMark = error.message === "" && error.name === "Error";
  return isMark || withSourceLines === undefined
    ? [String(error), ...sites.map(String)].join("\n    at ")
    : withSourceLines(error, sites);
};
