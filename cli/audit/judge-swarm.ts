import { quote } from "../../render/shell";
import { shortName } from "../swarm/facts";
import type { AuditFacts } from "./facts";
import type { Finding } from "./finding";

/** Drivers of networks that packets leave a server on. */
const overlay = "overlay";

/** Older than this, join tokens and keys of the Swarm are worth a new one, days. */
const oldTokenDays = 365;

const dayMs = 24 * 3600 * 1000;

/** Services and networks of the Swarm, and its join tokens. */
export function judgeSwarm(facts: AuditFacts, now: number): readonly Finding[] {
  const { servers, site, stage, swarm, wanted } = facts;
  const manager = servers.find(
    ({ role, probe }) =>
      role === "cluster" && "value" in probe && !probe.value.failed.includes("networks"),
  );
  const probe = manager !== undefined && "value" in manager.probe ? manager.probe.value : undefined;
  const ssh = `npx hive ssh --stack ${stage} ${shortName(manager?.name ?? "hive0")} --`;
  const where = "the Swarm";
  const { plan } = wanted;
  const networks = probe?.networks.filter(({ ingress }) => !ingress) ?? [];
  const clear =
    plan?.encryptsNetworks === true
      ? networks.filter((each) => each.driver === overlay && each.site === site && !each.encrypted)
      : [];
  const foreign = networks.filter(
    (each) => each.site !== site && plan?.externalNetworks.includes(each.name) === false,
  );
  const services = "value" in swarm ? swarm.value.services : [];
  return [
    ...clear.map(({ name }): Finding => ({
      id: "network-clear",
      severity: "medium",
      where,
      what: `The network ${name} is not encrypted between servers, although the stage encrypts its networks.`,
      remedy: `\`npx hive up --stack ${stage} --refresh\` makes it anew; its services restart.`,
    })),
    ...foreign.map(({ name }): Finding => ({
      id: "network-foreign",
      severity: "low",
      where,
      what: `The network ${name} is not of the site, and nothing in the site names it.`,
      remedy: `\`${ssh} docker network rm ${quote(name)}\`, or declare it as external in the site.`,
    })),
    ...services
      .filter((service) => service.site !== site)
      .map(({ name }): Finding => ({
        id: "service-foreign",
        severity: "medium",
        where,
        what: `The service ${name} is not of the site: somebody made it by hand.`,
        remedy: `\`${ssh} docker service rm ${quote(name)}\`, or make it a service of the site.`,
      })),
    ...tokens(probe?.swarmUpdatedAt, now, ssh),
  ];
}

/**
 * The Swarm does not tell the age of its tokens, but when its settings changed last, and new tokens
 * are such a change: they are at least as old.
 */
function tokens(updatedAt: string | undefined, now: number, ssh: string): readonly Finding[] {
  const days = Math.floor((now - Date.parse(updatedAt ?? "")) / dayMs);
  if (!(days > oldTokenDays)) return [];
  return [
    {
      id: "join-tokens",
      severity: "low",
      where: "the Swarm",
      what: `Its join tokens are at least ${days} days old.`,
      remedy: `\`${ssh} 'docker swarm join-token --rotate manager > /dev/null; docker swarm join-token --rotate worker > /dev/null'\` makes new ones; servers that have joined stay.`,
    },
  ];
}
