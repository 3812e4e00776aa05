import { gateName } from "../../model/gate";
import type { Plan } from "../../model/plan";
import { runCommand } from "../../providers/transport/command";
import { isTransportError } from "../../providers/transport/errors";
import type { HostAccess } from "../../providers/transport/host-access";
import { closeIdleConnections } from "../../providers/transport/pool";
import { clusterAccess, type StageOutputs } from "../hosts/outputs";
import type { PresentOutputs } from "../hosts/stage-outputs";
import { rebootRemedy } from "../hosts/reboot";
import { askSwarm, shortName, type SwarmFacts } from "../swarm/facts";
import { presentAddresses } from "./addresses";
import { askAddress } from "./ask-address";
import { serviceContext } from "./context";
import { type HostProbe, probeCommand, readProbe } from "./host-probe";
import { askImageTimes, imageAges, oldImageNotices } from "./image-ages";
import { judge } from "./judge";
import type {
  AddressStatus,
  CertificateStatus,
  ClusterStatus,
  HostStatus,
  RouteStatus,
  StatusReport,
} from "./report";
import {
  nodesByHost,
  removedServices,
  serviceStatuses,
  tasksOf,
  volumeStatuses,
} from "./swarm-facts";

/** How long a host or the Swarm may take to answer, seconds. All are asked at once. */
const deadlineSeconds = 5;

/** How long an address of a service may take to answer, milliseconds. All are asked at once. */
const addressMs = 3000;

type Answer<T> = { readonly value: T } | { readonly reason: string };

/**
 * Asks all hosts and the Swarm at once. Whatever does not answer in time is reported as
 * unreachable.
 *
 * @param plan of the stage, if the site can be planned: only then missing parts can be reported
 */
export async function collectStatus(
  outputs: PresentOutputs,
  plan?: Pick<Plan, "services" | "volumes" | "notices">,
): Promise<StatusReport> {
  const swarmReached = outputs.phases.length === 0 || outputs.phases.includes("setup-hosts");
  const repository = outputs.hosts.find(({ role }) => role === "repository");
  const builder = outputs.access.find(({ name }) => name === repository?.name);
  const imageIds = outputs.ownImages.map(({ id }) => id);
  const [probes, swarm, asleep, built, serverImage] = await Promise.all([
    Promise.all(outputs.access.map((access) => answer(probeHost(access)))),
    swarmReached
      ? answer(askSwarm(clusterAccess(outputs), deadlineSeconds))
      : { reason: "the stage stopped before the phase setup-hosts." },
    outputs.sleeping(),
    // Without an answer the ages are not known; that the server is away is told elsewhere.
    builder === undefined ? [] : askImageTimes(builder, imageIds, deadlineSeconds).catch(() => []),
    outputs.serverImageBuilt(),
  ]);
  closeIdleConnections();
  const nodes = "value" in swarm ? nodesByHost(swarm.value) : new Map<string, never>();
  const hosts = outputs.hosts.map((host, index): HostStatus => {
    const probe = probes[index] ?? { reason: "the outputs do not say how to reach it." };
    const node = nodes.get(host.name);
    const power = asleep.find(({ name }) => name === host.name)?.state;
    return {
      name: host.name,
      role: host.role,
      zone: host.zone,
      privateAddress: host.privateAddress,
      missing: host.missing,
      ...("value" in probe
        ? { reachable: true, ...probe.value }
        : { reachable: false, reason: probe.reason, failedUnits: [] }),
      ...(power === undefined ? {} : { power }),
      ...(node === undefined ? {} : { swarm: node }),
    };
  });
  const addresses = "value" in swarm ? await askServices(swarm.value, outputs, hosts) : {};
  const routes = await askRoutes(outputs, addresses[gateName] ?? []);
  const context = serviceContext(outputs, plan, Date.now(), { addresses, routes });
  const services = "value" in swarm ? serviceStatuses(swarm.value, context) : [];
  const ages = imageAges({
    images: outputs.ownImages,
    built: new Map(built),
    services,
    serverImage,
    now: Date.now(),
  });
  const facts = {
    certificates: certificates(outputs, Date.now()),
    stage: outputs.stage,
    site: outputs.site,
    hosts,
    cluster: clusterStatus(swarm, hosts),
    services,
    removedServices: "value" in swarm ? removedServices(swarm.value, context) : [],
    volumes: "value" in swarm ? volumeStatuses(swarm.value, context) : [],
    imageAges: ages,
    notices: [
      ...(plan?.notices ?? []),
      ...oldImageNotices(ages, outputs.stage),
      ...rebootNotices(hosts, outputs.stage),
    ],
  };
  return { ...facts, problems: judge(facts) };
}

/** Asks all addresses at which services should answer now, at once. */
async function askServices(
  facts: SwarmFacts,
  { addresses }: PresentOutputs,
  hosts: readonly HostStatus[],
): Promise<Readonly<Record<string, readonly AddressStatus[]>>> {
  const asked = facts.services.map(async (service) => {
    const { Name: name } = service.Spec;
    const tasks = tasksOf(facts, service);
    const present = presentAddresses(service, tasks, facts.nodes, addresses[name] ?? [], hosts);
    const answers = present.map(async (address) => ({
      ...address,
      ...(await askAddress(address.url, addressMs)),
    }));
    return [name, await Promise.all(answers)] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}

/** Asks all routes, at the servers whose gate answers, at once. */
async function askRoutes(
  { services }: StageOutputs,
  gates: readonly AddressStatus[],
): Promise<Readonly<Record<string, readonly RouteStatus[]>>> {
  const answering = gates.filter(({ answers }) => answers !== false);
  const asked = Object.entries(services).map(async ([name, { routes = [] }]) => {
    const urls = routes.filter((url) => answering.some((gate) => url.startsWith(gate.url)));
    const answers = urls.map(async (url) => ({ url, ...(await askAddress(url, addressMs)) }));
    return [name, await Promise.all(answers)] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}

/** The certificates in the outputs. @param now milliseconds since 1970 */
export function certificates(
  { registry }: Pick<StageOutputs, "registry">,
  now: number,
): readonly CertificateStatus[] {
  const { address, certificateEnd: end } = registry ?? {};
  if (address === undefined || end === undefined) return [];
  const daysLeft = Math.floor((Date.parse(end) - now) / (24 * 3600 * 1000));
  return [{ name: address.replace(/:\d+$/, ""), end, daysLeft }];
}

/** Servers that wait for a reboot, and how it is done. */
export function rebootNotices(hosts: readonly HostStatus[], stage: string): readonly string[] {
  const waiting = hosts.filter((host) => host.rebootWaits === true);
  return waiting.map(({ name, role }) => {
    const short = shortName(name);
    return `${short} waits for a reboot: it still runs a kernel or libraries that an upgrade has replaced. ${rebootRemedy(short, role, stage)}`;
  });
}

function clusterStatus(swarm: Answer<SwarmFacts>, hosts: readonly HostStatus[]): ClusterStatus {
  if (!("value" in swarm)) return { answers: false, reason: swarm.reason };
  const leader = hosts.find((host) => host.swarm?.leader === true);
  return { answers: true, ...(leader === undefined ? {} : { leader: leader.name }) };
}

async function probeHost(access: HostAccess): Promise<HostProbe> {
  const { stdout } = await runCommand(access, probeCommand, {
    deadlineSeconds,
    dialSeconds: deadlineSeconds - 1,
  });
  return readProbe(stdout);
}

async function answer<T>(question: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await question };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // `up` repairs a host that is down; other reasons include their remedy.
    const mendable = isTransportError(error, "unreachable", "lost", "deadline");
    return {
      reason: mendable ? `${reason} \`npx hive up\` starts a server that stopped.` : reason,
    };
  }
}
