/**
 * Whether a manager's list of a node's tasks may be current. For a lost node it is the last known
 * state. A new leader reports every node as `unknown` until it hears from it, a few seconds, while
 * its tasks run on; a lost node stays `unknown` for longer, until it is `down` (SwarmKit,
 * `markNodesUnknown`). Pure.
 *
 * @param node as `GET /nodes` lists it; undefined: the Swarm has no such node
 */
export function mayRun(
  node: { readonly Status?: { readonly State?: string } } | undefined,
): boolean {
  return node?.Status?.State === "ready" || node?.Status?.State === "unknown";
}
