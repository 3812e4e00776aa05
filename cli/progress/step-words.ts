/** Names of resources, each with the words that a user knows. */
const words: readonly (readonly [RegExp, string])[] = [
  [/^service-(.+)-service$/, "$1"],
  [/^image-(.+)-build$/, "image $1"],
  [/^(?:image|reference)-(.+)-on-hosts$/, "image $1 on the hosts"],
  [/^initialization-(.+)-steps$/, "initial data of $1"],
  [/^volume-(.+)-on-hosts$/, "volume $1"],
  [/^network-(.+)-network$/, "network $1"],
  [/^files-(secret|config)-(.+)$/, "$1 $2"],
  [/^external-(network|volume|secret|config)-(.+)$/, "$1 $2"],
];

/**
 * What a resource is to a user of hive, from its logical name: `portal` for
 * `service-portal-service`, `image portal` for `image-portal-build`. The name itself where it
 * already says so, as `setup-hive0-base` does.
 */
export function stepWords(name: string): string {
  const [pattern, replacement] = words.find(([each]) => each.test(name)) ?? [];
  return pattern === undefined ? name : name.replace(pattern, replacement ?? name);
}

/**
 * A note of a step with short names of servers: `p-hive0` for `p-hive0.hive.example`. All are of
 * one site, which the run has named.
 */
export function noteWords(note: string): string {
  return note.replace(/\b([a-z]-hive\d+)(?:\.[a-z0-9-]+)+/g, "$1");
}
