import { type Document, isMap, type Pair, parseDocument, type Scalar } from "yaml";

/** Where pins stand in a stage's configuration. */
const place = ["config", "hive:pins"] as const;
const comment =
  " Releases that are kept although the site has newer ones: `npx hive unpin <image>` ends it.";

/** The pins in the text of `Pulumi.<stage>.yaml`: digests by name of an image, or of a service. */
export function pinsIn(text: string): Readonly<Record<string, string>> {
  const pins: unknown = (parseDocument(text).toJS() as { config?: Record<string, unknown> } | null)
    ?.config?.["hive:pins"];
  if (typeof pins !== "object" || pins === null) return {};
  return Object.fromEntries(Object.entries(pins).map(([name, digest]) => [name, String(digest)]));
}

/** The text with an image pinned; comments and everything else stay as they are. */
export function withPin(text: string, image: string, digest: string): string {
  const document = parseDocument(text);
  const before = document.getIn(place);
  if (isMap(before)) document.setIn([...place, image], digest);
  else {
    document.setIn(place, document.createNode({ [image]: digest }));
    describeKey(document);
  }
  return written(document);
}

/** The text without the pins of these names. */
export function withoutPins(text: string, names: readonly string[]): string {
  const document = parseDocument(text);
  for (const name of names) document.deleteIn([...place, name]);
  const left = document.getIn(place);
  if (isMap(left) && left.items.length === 0) document.deleteIn(place);
  return written(document);
}

function describeKey(document: Document): void {
  const config = document.get("config");
  if (!isMap(config)) return;
  const pair = (config.items as Pair<Scalar>[]).find(({ key }) => key.value === place[1]);
  if (pair === undefined) return;
  pair.key.spaceBefore = true;
  pair.key.commentBefore = comment;
}

function written(document: Document): string {
  // Lines are not folded: a comment or a long value stays on its line.
  return document.toString({ lineWidth: 0 });
}
