import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesOf, type SiteContents } from "../model/changes/snapshot";
import type { Plan } from "../model/plan";
import { hashBuildContext } from "./image-build/context";

/**
 * Hashes of the files that a plan names. A missing file has none: the run itself says what is
 * wrong.
 *
 * @param project the project's folder
 */
export function readSiteContents(plan: Plan, project: string): SiteContents {
  const built = plan.images.filter(({ pullFrom }) => pullFrom === undefined);
  return {
    contexts: Object.fromEntries(
      built.flatMap(({ name, context }) =>
        hashed(name, () => hashBuildContext(join(project, context))),
      ),
    ),
    files: Object.fromEntries(
      filesOf(plan).flatMap((file) =>
        hashed(file, () =>
          createHash("sha256")
            .update(readFileSync(join(project, file)))
            .digest("hex"),
        ),
      ),
    ),
  };
}

function hashed(name: string, hash: () => string): readonly (readonly [string, string])[] {
  try {
    return [[name, hash()]];
  } catch {
    return [];
  }
}
