/**
 * Looks up a path relative to the project's root: a file, a folder, or nothing readable.
 */
export type FileLookup = (path: string) => "file" | "folder" | undefined;

/**
 * Reads a file at a path relative to the project's root; undefined if it cannot be read.
 */
export type FileContent = (path: string) => Buffer | undefined;
