import { statSync } from "node:fs";
import { join } from "node:path";
import type { FileLookup } from "../model/file-lookup";

/** Looks into the project's folder: whether there is a file, a folder, or nothing to be read at a path relative to it. */
export function lookIntoProject(folder: string): FileLookup {
  return (path) => {
    try {
      return statSync(join(folder, path)).isDirectory() ? "folder" : "file";
    } catch {
      return undefined;
    }
  };
}
