import type { Change } from "./changes";
import { cloudRisks } from "./cloud-text";
import { type Risk, type RiskKind, riskKinds } from "./risk";

/** The risks of some changes, the worst kind first. Pure. */
export function risksOf(changes: readonly Change[]): readonly Risk[] {
  const risks = changes.flatMap(risksOfOne);
  return riskKinds.flatMap((kind) => risks.filter((risk) => risk.kind === kind));
}

function risksOfOne(change: Change): readonly Risk[] {
  const { thing, name } = change;
  switch (thing) {
    case "volume":
      return change.change === "removed"
        ? [{ kind: "data", text: `The volume ${name} is deleted with all its data.` }]
        : [];
    case "server":
      return change.change === "removed"
        ? [{ kind: "data", text: `The server ${name} is deleted with all data on its disks.` }]
        : [];
    case "root access":
      return [
        {
          kind: "rights",
          text: `The service ${name} can become root on the servers: it ${change.ways.join(", ")}.`,
        },
      ];
    case "service":
      return serviceRisks(change);
    case "route":
      return change.change === "added" && !change.login
        ? [{ kind: "exposure", text: `The route ${name} is open to everybody, without a login.` }]
        : [];
    case "port":
      return change.change === "added"
        ? [{ kind: "exposure", text: `The port ${name} opens on the cluster hosts.` }]
        : [];
    case "machine":
    case "disk":
    case "SSH source":
    case "protection":
    case "cloud options":
    case "cost":
      return cloudRisks(change);
    case "network":
    case "secret":
    case "config":
    case "image":
    case "external object":
    case "setting":
      return [];
  }
}

function serviceRisks(change: Extract<Change, { thing: "service" }>): readonly Risk[] {
  const { name } = change;
  if (change.change !== "changed")
    return change.change === "removed" ? [risk("outage", `The service ${name} is removed.`)] : [];
  return [
    ...outage(name, change.tasks),
    ...(change.left === 0 ? [risk("outage", `Nothing of the service ${name} runs any more.`)] : []),
    ...(change.left === 1
      ? [risk("redundancy", `The service ${name} has one task left: it is away when that fails.`)]
      : []),
  ];
}

function outage(
  name: string,
  tasks: Extract<Change, { change: "changed"; thing: "service" }>["tasks"],
): readonly Risk[] {
  switch (tasks) {
    case "all at once":
      return [risk("outage", `All tasks of the service ${name} restart at once.`)];
    case "gap":
      return [risk("outage", `The service ${name} is away while its only task restarts.`)];
    case "recreated":
      return [risk("outage", `The service ${name} is away while it is removed and created again.`)];
    case "none":
    case "one by one":
    case "in groups":
    case "new first":
    case "job runs":
    case "next job":
      return [];
  }
}

function risk(kind: RiskKind, text: string): Risk {
  return { kind, text };
}
