import { encode } from "./shell";

/** A secret for one file of a step: path and content. */
export interface SecretContent {
  /** The path under which the step declares it. */
  readonly path: string;
  /** The file's content; for the format `htpasswd`, `<user>:<password>`. */
  readonly content: string;
}

/** First line of the input: name and version of its form. */
export const secretInputHeader = "hive-secrets 1";

/** Last line: without it the input was cut off. */
export const secretInputEnd = "end";

/**
 * The standard input of a step with secret files: a header, per file a line `<path> <content>`,
 * both in base64, and an end line. It goes through the SSH channel and is never part of a command.
 */
export function renderSecretInput(secrets: readonly SecretContent[]): string {
  const lines = secrets.map(({ path, content }) => `${encode(path)} ${encode(content)}`);
  return [secretInputHeader, ...lines, secretInputEnd, ""].join("\n");
}
