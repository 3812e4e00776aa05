import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

/**
 * The text of a file of the project that the inventory names.
 *
 * @param file - relative to the project's root, which is the working directory of a run.
 * @param path - where the inventory names it, for the error.
 * @throws pulumi.RunError when it cannot be read or is not UTF-8 text.
 */
export function readProjectFile(file: string, path: string): string {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new pulumi.RunError(
      problem(
        path,
        file,
        `cannot be read (${code ?? String(error)})`,
        "write the file, or name one that exists",
      ),
    );
  }
  const text = content.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(content)) {
    throw new pulumi.RunError(
      problem(path, file, "is not UTF-8 text", "convert it, or put it into the image"),
    );
  }
  return text;
}

function problem(path: string, file: string, message: string, remedy: string): string {
  return `1 problem found; nothing was changed.\n\n${path}\n  found:   "${file}"\n  problem: ${message}\n  remedy:  ${remedy}`;
}
