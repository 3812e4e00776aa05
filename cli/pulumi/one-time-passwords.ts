import { parseDocument } from "yaml";
import { withConfigChanges } from "./config-changes";

/**
 * The text of `Pulumi.<stage>.yaml` without the used passwords of the first contact. The rest of
 * the file, which is the user's, stays as it is.
 */
export function withoutOneTimePasswords(text: string): string {
  const document = parseDocument(text);
  document.deleteIn(["config", "hive:oneTimePasswords"]);
  return withConfigChanges(text, text, document.toString({ lineWidth: 0 }));
}
