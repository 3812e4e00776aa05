/** What the project has at a path relative to its root: a file, a folder, or nothing that can be read. */
export type FileLookup = (path: string) => "file" | "folder" | undefined;
