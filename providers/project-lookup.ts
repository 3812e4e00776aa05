import { statSync } from "node:fs";
import { join } from "node:path";

/** Looks into the project's folder: whether there is a file, a folder, or nothing to be read at a path relative to it. */
export function lookIntoProject(folder: string): (path: string) => "file" | "folder" | undefined {
  return (path) => {
    try {
      return statSync(join(folder, path)).isDirectory() ? "folder" : "file";
    } catch {
      return undefined;
    }
  };
}
