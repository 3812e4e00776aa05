import { types } from "../resource-types";
import { known, type Rule, type Target, valueAt } from "../rule";

/** No run has two cluster servers in its hands at once. */
export const oneHostAtATime: Rule = {
  id: "one-host-at-a-time",
  severity: "critical",
  enforcement: "mandatory",
  why: "Two cluster servers of three that go at once take the site and its managers' majority with them.",
  remedy:
    "Let the instance depend on what brings the server before it back into service (fleet/in-service.ts).",
  faults: (targets) => {
    if (targets.some(isFirstRun)) return [];
    const byUrn = new Map(targets.map((target) => [target.urn, target]));
    const servers = targets.filter(isClusterServer);
    const waitsFor = new Map(servers.map(({ urn }) => [urn, everythingBefore(urn, byUrn)]));
    return servers.flatMap((server, place) =>
      servers
        .slice(0, place)
        .filter(
          (other) =>
            waitsFor.get(server.urn)?.has(other.urn) !== true &&
            waitsFor.get(other.urn)?.has(server.urn) !== true,
        )
        .map((other) => ({
          text: `Nothing keeps a run from changing it and ${other.name} at the same moment.`,
          urn: server.urn,
        })),
    );
  },
};

function isClusterServer({ type, props }: Target): boolean {
  return type === types.instance && valueAt(props, "tags", "hive:role") === "cluster";
}

/** Whether the fleet found no server in the account: then it may make all of them at once. */
function isFirstRun({ type, props }: Target): boolean {
  return type === types.fleet && known(() => props["firstRun"]) === true;
}

/** Everything that a resource waits for, on any way. */
function everythingBefore(urn: string, byUrn: ReadonlyMap<string, Target>): ReadonlySet<string> {
  const before = new Set<string>();
  const open = [...(byUrn.get(urn)?.dependencies ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (before.has(next)) continue;
    before.add(next);
    open.push(...(byUrn.get(next)?.dependencies ?? []));
  }
  return before;
}
