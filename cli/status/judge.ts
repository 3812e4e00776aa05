import { shortImage } from "./image-text";
import type { HostStatus, ServiceStatus, StatusReport } from "./report";
import { heldVolume } from "../../model/service/task-error";
import { shortName } from "../swarm/facts";

/** A disk fuller than this is a problem, percent. */
const fullDisk = 90;

/** The problems of a stage, each with its remedy. */
export function judge(report: Omit<StatusReport, "problems">): readonly string[] {
  return [
    ...hostProblems(report),
    ...clusterProblems(report),
    ...problemsOfServices(report),
    ...certificateProblems(report),
  ];
}

function hostProblems({ hosts, stage }: Omit<StatusReport, "problems">): readonly string[] {
  return hosts.flatMap((host) => {
    const name = shortName(host.name);
    if (host.power !== undefined) {
      const repair = host.power === "paused" ? "resumes" : "starts";
      return [`${name} is ${host.power}: \`npx hive up --stack ${stage}\` ${repair} it.`];
    }
    if (!host.reachable) {
      return [`${name} is unreachable: ${host.reason ?? "no answer"}`];
    }
    const problems: string[] = [];
    if (host.missing.length > 0) {
      problems.push(
        `${name} was unreachable in the last run, and this is still to be done there: ${host.missing.join(", ")}. \`npx hive up --stack ${stage}\` does it.`,
      );
    }
    if (host.failedUnits.length > 0) {
      problems.push(
        `On ${name}, ${host.failedUnits.join(", ")} failed: \`npx hive ssh ${name} -- systemctl status ${host.failedUnits[0]}\`.`,
      );
    } else if (host.system !== "running" && host.system !== "starting") {
      problems.push(`${name} reports its system as ${host.system ?? "unknown"}.`);
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
      problems.push(`The Swarm reports ${name} as ${swarm.state}.`);
    if (swarm !== undefined && swarm.availability !== "active") {
      problems.push(`${name} takes no tasks: its availability is ${swarm.availability}.`);
    }
    if (swarm !== undefined && !swarm.manager)
      problems.push(
        `${name} is not a manager of the Swarm: \`npx hive up --stack ${stage}\` makes it one.`,
      );
    return problems;
  });
}

/**
 * A run renews a certificate 120 days before its end: with fewer days left than this, there was no
 * run for a month.
 */
const renewalDays = 90;

function certificateProblems({
  certificates,
  stage,
}: Omit<StatusReport, "problems">): readonly string[] {
  const renewal = `\`npx hive up --stack ${stage}\` renews it.`;
  return certificates
    .filter(({ daysLeft }) => daysLeft < renewalDays)
    .map(({ name, end, daysLeft }) =>
      daysLeft < 0
        ? `The certificate of ${name} expired on ${end.slice(0, 10)}, so servers cannot pull images from it: ${renewal}`
        : `The certificate of ${name} expires in ${daysLeft} days, on ${end.slice(0, 10)}; then servers cannot pull images from it: ${renewal}`,
    );
}

/** Raft: a round of the election takes 10 to 20 s. */
const election =
  "If the lost server was the leader, the others elect a new one, usually within 20 s: try again.";

/** Whether servers are lost, and the remaining ones are a majority. */
function mayElect(hosts: readonly HostStatus[]): boolean {
  const cluster = hosts.filter(({ role }) => role === "cluster");
  const left = cluster.filter(({ reachable }) => reachable).length;
  return left < cluster.length && left * 2 > cluster.length;
}

function clusterProblems({
  cluster,
  hosts,
  stage,
}: Omit<StatusReport, "problems">): readonly string[] {
  if (!cluster.answers) {
    const reason = `No manager of the Swarm answers: ${cluster.reason ?? "no reason given"}`;
    return [mayElect(hosts) ? `${reason} ${election}` : reason];
  }
  const unjoined = hosts.filter((host) => host.role === "cluster" && host.swarm === undefined);
  return unjoined.map(
    (host) =>
      `${shortName(host.name)} is not in the Swarm: \`npx hive up --stack ${stage}\` joins it.`,
  );
}

function problemsOfServices({
  services,
  removedServices,
  hosts,
  stage,
}: Omit<StatusReport, "problems">): readonly string[] {
  return [
    ...toldOnce(services).flatMap((service) => serviceProblems(service, stage)),
    ...removedServices.map((name) => removedService(name, stage)),
    ...meshProblems(services, hosts),
    ...services.flatMap(addressProblems),
  ];
}

/**
 * Services that wait for the same volume have the same long error: only the first one keeps it
 * whole.
 */
function toldOnce(services: readonly ServiceStatus[]): readonly ServiceStatus[] {
  const first = new Map<string, string>();
  return services.map((service) => {
    const { name, error = "" } = service;
    if (heldVolume(error) === undefined) return service;
    const other = first.get(error);
    if (other !== undefined) return { ...service, error: `the same error as ${other}` };
    first.set(error, name);
    return service;
  });
}

/** Addresses at which nobody answers, although a task runs there: one problem for each reason. */
function addressProblems(service: ServiceStatus): readonly string[] {
  const { name, addresses, silentRoutes = [], running } = service;
  const silent = [
    ...addresses.filter(({ answers }) => answers === false),
    // Without a task, that is the problem.
    ...(running > 0 ? silentRoutes : []).map((route) => ({ ...route, target: undefined })),
  ];
  const causes = new Map<string, string[]>();
  for (const { url, reason = "no answer", target } of silent) {
    const why = `${reason}. ${addressRemedy(name, reason, target)}`;
    causes.set(why, [...(causes.get(why) ?? []), url]);
  }
  return [...causes].map(([why, urls]) => `${name} does not answer at ${urls.join(", ")}: ${why}`);
}

function addressRemedy(name: string, reason: string, target: number | undefined): string {
  const place =
    target === undefined
      ? "the port of its route, on all addresses of the container"
      : `port ${target} of the container, on all addresses`;
  return /^no (answer|route)/.test(reason)
    ? "Does a firewall, or a missing route, keep this computer from it?"
    : `Does its program listen on ${place}? \`npx hive logs ${name}\` shows what it printed.`;
}

/** Services that cannot be reached by their virtual address or through the mesh. */
function meshProblems(
  services: readonly ServiceStatus[],
  hosts: readonly HostStatus[],
): readonly string[] {
  const lacking = hosts.filter(({ role, ipvs }) => role === "cluster" && ipvs === false);
  const names = services.filter(({ needsIpvs }) => needsIpvs).map(({ name }) => name);
  if (lacking.length === 0 || names.length === 0) return [];
  return [
    `On ${lacking.map(({ name }) => shortName(name)).join(", ")}, no client can connect to ${names.join(", ")} by a virtual address or through the routing mesh: ` +
      'the kernel has no IPVS. Write endpointMode: "dnsrr", and mode: "host" for ports, or load the module ip_vs there.',
  ];
}

/**
 * The problem of a service that was removed by hand. Only a refresh notices that it is missing.
 */
export function removedService(name: string, stage: string): string {
  return `${name} was deployed but is not in the Swarm: somebody removed it. \`npx hive up --refresh --stack ${stage}\` creates it again.`;
}

/** What is wrong with a service. */
export function serviceProblems(service: ServiceStatus, stage: string): readonly string[] {
  return [
    ...taskProblems(service, stage),
    ...handOverProblems(service, stage),
    ...changeProblems(service, stage),
    ...stepProblems(service, stage),
  ];
}

function taskProblems(service: ServiceStatus, stage: string): readonly string[] {
  const reason = service.error === undefined ? "" : `: ${withoutDot(service.error)}`;
  if (service.job?.state === "failed") {
    const { failed = 0, allowed = 0 } = service.job.failedTries ?? {};
    const tries = failed > 1 ? ` ${failed} of ${allowed} tries` : "";
    return [
      `The last run of the job ${service.name} failed${tries}${reason}: \`npx hive logs ${service.name}\` shows what it printed.`,
    ];
  }
  const { name, running, older, wanted, update } = service;
  // During a roll-out, tasks of the earlier version do the work.
  const isChanging = ["updating", "rollback_started"].includes(update?.state ?? "");
  if (service.job !== undefined) return [];
  const extra = running + older - wanted;
  if (running >= wanted && extra > 0 && !isChanging)
    return [
      `${name} runs ${extra === 1 ? "one task" : `${extra} tasks`} more than it should: Swarm missed it in a change. ` +
        `\`npx hive up --refresh --stack ${stage}\` removes the rest.`,
    ];
  if (running + (isChanging ? older : 0) >= wanted) return [];
  const rest = older === 0 ? "" : `, and ${older} of an earlier version`;
  return [`${name} runs ${running} of ${wanted} tasks${rest}${reason}.`];
}

/** A service that gave away a volume or port, but was not changed or removed by that run. */
function handOverProblems({ name, gave, wanted }: ServiceStatus, stage: string): readonly string[] {
  if (gave === undefined) return [];
  const now = wanted === 0 ? "does not run" : "runs without it";
  return [
    `${name} gave ${gave} and ${now}: that run is still going on, or it failed. ` +
      `\`npx hive up --stack ${stage}\` changes or removes ${name} as the site says.`,
  ];
}

/**
 * A roll-out that is going on is not a problem. A roll-back is one, and so is a change from
 * elsewhere.
 */
function changeProblems(service: ServiceStatus, stage: string): readonly string[] {
  const { name, update, deployedImage } = service;
  const state = update?.state ?? "";
  if (state === "updating" || state === "rollback_started") return [];
  const why = update === undefined || update.message === "" ? "" : ` (${update.message})`;
  const again = `the next \`npx hive up --stack ${stage}\` deploys`;
  const whatTheSiteSays = `${again} what the site and its pins say`;
  if (state === "paused" || state === "rollback_paused") {
    return [`The roll-out of ${name} is paused${why}: ${again} it again.`];
  }
  const wanted = deployedImage === undefined ? undefined : shortImage(deployedImage);
  if (state === "rollback_completed")
    return [`The last change of ${name} failed and was rolled back${why}; ${whatTheSiteSays}.`];
  if (wanted === undefined) return [];
  return [
    `${name} runs ${shortImage(service.image)}, but the last complete run deployed ${wanted}: \`npx hive up --refresh --stack ${stage}\` deploys what the site and its pins say.`,
  ];
}

/** The failed and missing steps. An error that a problem of the tasks tells is not told again. */
function stepProblems(service: ServiceStatus, stage: string): readonly string[] {
  const error = withoutDot(service.error ?? "");
  const isTold =
    error !== "" && taskProblems(service, stage).some((problem) => problem.includes(error));
  return service.initialization.flatMap(({ step, result, detail }) => {
    const what = `The step ${step} of the initialization of ${service.name}`;
    const again = `\`npx hive up --stack ${stage}\` runs it`;
    if (result === "missing") return [`${what} has not been run: ${again}.`];
    if (result !== "failed") return [];
    const reason = withoutDot(detail ?? "");
    const why = reason === "" || (isTold && reason === error) ? "" : `: ${reason}`;
    return [`${what} failed${why}. ${again} again.`];
  });
}

function withoutDot(text: string): string {
  return text.trim().replace(/\.$/, "");
}
