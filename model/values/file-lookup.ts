/**
 * What the project has at a path relative to its root: a file, a folder, or nothing that can be
 * read.
 */
export type FileLookup = (path: string) => "file" | "folder" | undefined;

/**
 * The content of a file of the project at a path relative to its root; undefined where none can be
 * read.
 */
export type FileContent = (path: string) => Buffer | undefined;
