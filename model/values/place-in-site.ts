import { relative, sep } from "node:path";

/**
 * The first place in `site/` of which an error's stack tells, e.g. `site/services/am.ts:12`,
 * relative to the project.
 *
 * @param project the project's folder
 */
export function placeInSite(error: Error, project: string): string | undefined {
  const { requireStack = [] } = error as { requireStack?: readonly string[] };
  const frames = [
    ...(error.stack ?? "").matchAll(/\(?((?:\/|[A-Za-z]:\\)[^():]+):(\d+):\d+\)?$/gm),
  ];
  const places = [
    ...requireStack,
    ...frames.map(([, file = "", line = ""]) => `${file}:${line}`),
  ].map((place) => relative(project, place));
  return places.find((place) => place.startsWith(`site${sep}`));
}
