import { rebootRemedy } from "../hosts/reboot";
import { shortName } from "../swarm/facts";
import type { AuditFacts } from "./facts";
import type { Finding } from "./finding";
import { ofServers } from "./of-servers";

const dayMs = 24 * 3600 * 1000;

/** Older than this, the lists of packages do not know what was mended, days. */
const oldListsDays = 14;

/** How many packages are named. */
const named = 5;

/**
 * Packages of servers with updates waiting. Not of servers that are containers: their packages are
 * those of their image.
 */
export function judgePackages(facts: AuditFacts, now: number): readonly Finding[] {
  if (facts.wanted.plan?.updatesPackages !== true) return [];
  const { stage } = facts;
  return ofServers(facts, ({ updates, listsFetchedAt, failed, rebootWaits }, server, ssh) => {
    const security = updates.filter((each) => each.security);
    const [worst = []] = [security, updates].filter(({ length }) => length > 0);
    const names = worst.map(({ name }) => name);
    const more = names.length > named ? ` and ${names.length - named} more` : "";
    const days =
      listsFetchedAt === undefined ? undefined : Math.floor((now - listsFetchedAt * 1000) / dayMs);
    return [
      ...(updates.length === 0
        ? []
        : [
            {
              id: "package-updates" as const,
              severity: security.length > 0 ? ("medium" as const) : ("low" as const),
              what: `${updates.length} packages have updates, ${security.length} of them for security: ${names.slice(0, named).join(", ")}${more}.`,
              remedy: `\`npx hive update --stack ${stage}\` upgrades them, one server after the other.`,
            },
          ]),
      ...(rebootWaits
        ? [
            {
              id: "reboot" as const,
              severity: "medium" as const,
              what: "It waits for a reboot: until then it runs a kernel or libraries that an upgrade has replaced.",
              remedy: rebootRemedy(shortName(server.name), server.role, stage),
            },
          ]
        : []),
      ...(failed.includes("lists") || (days !== undefined && days <= oldListsDays)
        ? []
        : [
            {
              id: "package-lists" as const,
              severity: "low" as const,
              what:
                days === undefined
                  ? "It has no lists of packages, so nobody knows what waits."
                  : `Its lists of packages are ${days} days old, so nobody knows what waits.`,
              remedy: `\`${ssh} sudo apt-get update\`, then audit again.`,
            },
          ]),
    ];
  });
}
