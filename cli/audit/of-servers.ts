import { shortName } from "../swarm/facts";
import type { AuditFacts, ServerFacts, ServerProbe } from "./facts";
import type { Finding } from "./finding";

/** A finding on one server, without its name. */
export type ServerFinding = Omit<Finding, "where">;

/** The findings of a check on each server that answered. */
export function ofServers(
  facts: Pick<AuditFacts, "servers" | "stage">,
  judge: (
    probe: ServerProbe,
    server: ServerFacts,
    /** Begins a command for that server: `npx hive ssh --stack private hive0 --`. */
    ssh: string,
  ) => readonly ServerFinding[],
): readonly Finding[] {
  return facts.servers.flatMap((server) => {
    const { name, probe } = server;
    if (!("value" in probe)) return [];
    const ssh = `npx hive ssh --stack ${facts.stage} ${shortName(name)} --`;
    return judge(probe.value, server, ssh).map((finding) => ({ ...finding, where: name }));
  });
}
