/**
 * Whether what a manager shows of a node's tasks may be so. Of a lost node it is the last thing
 * that was heard. A new leader holds every node for `unknown` until it has heard from it, a few
 * seconds, while its tasks run on; a lost one for longer, until it is `down` (SwarmKit,
 * `markNodesUnknown`). Pure.
 *
 * @param node as `GET /nodes` lists it; undefined: the Swarm has no such node
 */
export function mayRun(
  node: { readonly Status?: { readonly State?: string } } | undefined,
): boolean {
  return node?.Status?.State === "ready" || node?.Status?.State === "unknown";
}
