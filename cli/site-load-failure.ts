import { placeInSite } from "../model/values/place-in-site";

/**
 * What is wrong with a site that cannot be loaded: it is a program, so it may have a programmer's
 * mistakes.
 *
 * @param error what loading it threw
 * @param project the project's folder
 * @returns the text for the user; undefined when the error came from somewhere else than `site/`,
 *   which would be a defect of hive
 */
export function siteLoadFailure(error: unknown, project: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const reason = reasonOf(error, project);
  if (reason === undefined) return undefined;
  return `The site cannot be loaded; nothing was changed.\n\n${reason}\n\n\`npx tsc --noEmit\` checks all of it at once, and so does an editor.`;
}

function reasonOf(error: Error, project: string): string | undefined {
  // The compiler's own words have file, line and column:
  // `site/services/am.ts(3,1): error TS1005: '}' expected.`
  if (error.name === "TSError") {
    const text = error.message.split("\n").slice(1).join("\n").trim();
    return text === "" ? error.message : text;
  }
  const place = placeInSite(error, project);
  if (place === undefined) return undefined;
  // Node adds the chain of `require` calls; the first file is the place.
  const [what = error.message] = error.message.split("\n");
  return `${place}: ${what}`;
}
