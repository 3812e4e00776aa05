import { shortName } from "../swarm/facts";
import type { AuditFacts } from "./facts";
import type { Finding } from "./finding";

/** Servers that were not looked at, whole or in part: nobody knows what is there. */
export function judgeServers({ servers, stage, swarm }: AuditFacts): readonly Finding[] {
  const ofServers = servers.flatMap(({ name, probe }): readonly Finding[] => {
    if (!("value" in probe))
      return [
        {
          id: "unreachable",
          severity: "high",
          where: name,
          what: `It was not looked at: ${probe.reason}`,
          remedy: `\`npx hive status --stack ${stage}\` says more; audit again when it answers.`,
        },
      ];
    const { failed } = probe.value;
    if (failed.length === 0) return [];
    return [
      {
        id: "not-checked",
        severity: "medium",
        where: name,
        what: `These questions failed there: ${failed.join(", ")}.`,
        remedy: `\`npx hive ssh --stack ${stage} ${shortName(name)}\` and look whether its Docker Engine and sshd are well; then audit again.`,
      },
    ];
  });
  if ("value" in swarm) return ofServers;
  return [
    ...ofServers,
    {
      id: "not-checked",
      severity: "medium",
      where: "the Swarm",
      what: `Its services were not looked at: ${swarm.reason}`,
      remedy: `\`npx hive status --stack ${stage}\` says more.`,
    },
  ];
}
