import type { AuditFacts } from "./facts";
import type { AuditReport, Finding, Severity } from "./finding";
import { judgeAccounts } from "./judge-accounts";
import { judgeCertificates } from "./judge-certificates";
import { judgeContainers } from "./judge-containers";
import { judgeFiles } from "./judge-files";
import { judgeFirewall } from "./judge-firewall";
import { judgeImages } from "./judge-images";
import { judgePackages } from "./judge-packages";
import { judgePorts } from "./judge-ports";
import { judgeServers } from "./judge-servers";
import { judgeSwarm } from "./judge-swarm";

const order: readonly Severity[] = ["high", "medium", "low"];

/**
 * Judges a stage by what docs/security.md says of it. Pure.
 *
 * @param now milliseconds since 1970
 */
export function judgeAudit(facts: AuditFacts, now: number): AuditReport {
  const findings: readonly Finding[] = [
    ...judgeServers(facts),
    ...judgePorts(facts),
    ...judgeFirewall(facts),
    ...judgeAccounts(facts),
    ...judgeFiles(facts),
    ...judgeContainers(facts),
    ...judgeSwarm(facts, now),
    ...judgeCertificates(facts, now),
    ...judgeImages(facts, now),
    ...judgePackages(facts, now),
  ];
  return {
    stage: facts.stage,
    site: facts.site,
    checked: facts.servers.filter(({ probe }) => "value" in probe).map(({ name }) => name),
    notes: notesOf(facts),
    findings: order.flatMap((severity) => findings.filter((each) => each.severity === severity)),
  };
}

/** What was not looked at, though nothing is wrong. */
function notesOf({ servers, wanted }: AuditFacts): readonly string[] {
  const reached = servers.filter(({ probe }) => "value" in probe);
  const notScanned = reached.filter(({ open }) => open === undefined);
  const notAsked = reached.filter(
    ({ role, openToContainers }) => role === "cluster" && openToContainers === undefined,
  );
  const names = (list: AuditFacts["servers"]): string => list.map(({ name }) => name).join(", ");
  return [
    ...(wanted.plan === undefined
      ? [
          "The site cannot be planned (`npx hive plan` says why), so rights of containers, networks and packages were not compared with the plan.",
        ]
      : []),
    ...(notScanned.length === 0
      ? []
      : [
          `This computer reaches ${names(notScanned)} by forwarded ports, so ports were not tried from outside.`,
        ]),
    ...(notAsked.length === 0
      ? []
      : [
          `On ${names(notAsked)} no image with bash runs, so ports were not tried from a container.`,
        ]),
  ];
}
