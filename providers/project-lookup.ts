import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileContent, FileLookup } from "../model/values/file-lookup";

/**
 * Looks into the project's folder: whether a path relative to it is a file, a folder, or not
 * readable.
 */
export function lookIntoProject(folder: string): FileLookup {
  return (path) => {
    try {
      return statSync(join(folder, path)).isDirectory() ? "folder" : "file";
    } catch {
      return undefined;
    }
  };
}

/** Reads files of the project's folder. */
export function readFromProject(folder: string): FileContent {
  return (path) => {
    try {
      return readFileSync(join(folder, path));
    } catch {
      return undefined;
    }
  };
}
