import type { AuditFacts } from "./facts";
import type { Finding } from "./finding";
import { ofServers } from "./of-servers";

/** Whether the firewall of each server runs with its complete rules. */
export function judgeFirewall(facts: AuditFacts): readonly Finding[] {
  const { stage } = facts;
  const remedy = `\`npx hive up --stack ${stage} --refresh\` repairs it`;
  return ofServers(facts, ({ firewallUnit, firewallLoaded, firewallDrops }, _server, ssh) => [
    ...(firewallUnit === "active"
      ? []
      : [
          {
            id: "firewall-unit" as const,
            severity: "high" as const,
            what: `Its firewall's unit, hive-firewall.service, is ${firewallUnit}.`,
            remedy: `${remedy}; \`${ssh} sudo journalctl -u hive-firewall\` says why.`,
          },
        ]),
    ...(firewallLoaded && firewallDrops
      ? []
      : [
          {
            id: "firewall-rules" as const,
            severity: "high" as const,
            what: firewallLoaded
              ? "Its firewall lets in what no rule names: the chain input has no policy drop."
              : "The rules of its firewall are not loaded.",
            remedy: `${remedy}; at once: \`${ssh} sudo systemctl reload-or-restart hive-firewall\`.`,
          },
        ]),
  ]);
}
