import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** All files below a folder, with their paths. @throws Error when the folder does not exist. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}
