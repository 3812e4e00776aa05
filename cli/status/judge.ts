import type { StatusReport } from "./report";
import { shortName } from "./swarm-facts";

/** A disk fuller than this is a problem, percent. */
const fullDisk = 90;

/** What is wrong with a stage, each in a sentence that says what to do. */
export function judge(report: Omit<StatusReport, "problems">): readonly string[] {
  return [...hostProblems(report), ...clusterProblems(report), ...serviceProblems(report)];
}

function hostProblems({ hosts, stage }: Omit<StatusReport, "problems">): readonly string[] {
  return hosts.flatMap((host) => {
    const name = shortName(host.name);
    if (!host.reachable) {
      return [`${name} cannot be reached: ${host.reason ?? "no answer"}`];
    }
    const problems: string[] = [];
    if (host.failedUnits.length > 0) {
      problems.push(
        `On ${name}, ${host.failedUnits.join(", ")} failed: \`npx hive ssh ${name} -- systemctl status ${host.failedUnits[0]}\`.`,
      );
    } else if (host.system !== "running" && host.system !== "starting") {
      problems.push(`${name} says that its system is ${host.system ?? "unknown"}.`);
    }
    if (host.engine === undefined) {
      problems.push(
        `The Docker Engine of ${name} does not answer: \`npx hive ssh ${name} -- sudo systemctl status docker\`.`,
      );
    }
    if ((host.diskUsedPercent ?? 0) > fullDisk) {
      problems.push(
        `The disk of ${name} that holds containers and images is ${host.diskUsedPercent} % full.`,
      );
    }
    const { swarm } = host;
    if (swarm !== undefined && swarm.state !== "ready")
      problems.push(`The Swarm holds ${name} for ${swarm.state}.`);
    if (swarm !== undefined && swarm.availability !== "active") {
      problems.push(`${name} takes no tasks: its availability is ${swarm.availability}.`);
    }
    if (swarm !== undefined && !swarm.manager)
      problems.push(
        `${name} is no manager of the Swarm: \`npx hive up --stack ${stage}\` makes it one.`,
      );
    return problems;
  });
}

function clusterProblems({
  cluster,
  hosts,
  stage,
}: Omit<StatusReport, "problems">): readonly string[] {
  if (!cluster.answers)
    return [`No manager of the Swarm answers: ${cluster.reason ?? "no reason given"}`];
  const strangers = hosts.filter((host) => host.role === "cluster" && host.swarm === undefined);
  return strangers.map(
    (host) =>
      `${shortName(host.name)} is not in the Swarm: \`npx hive up --stack ${stage}\` joins it.`,
  );
}

function serviceProblems({ services }: Omit<StatusReport, "problems">): readonly string[] {
  return services
    .filter((service) => service.running < service.wanted)
    .map((service) => {
      const reason = service.error === undefined ? "" : `: ${service.error}`;
      return `${service.name} runs ${service.running} of ${service.wanted} tasks${reason}.`;
    });
}
