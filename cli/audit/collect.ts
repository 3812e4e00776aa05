import type { Plan } from "../../model/plan";
import { siteLabel } from "../../model/swarm/labels";
import { runChecked } from "../../providers/transport/command";
import type { HostAccess } from "../../providers/transport/host-access";
import { closeIdleConnections } from "../../providers/transport/pool";
import { commandLine } from "../../render/shell";
import { clusterAccess } from "../hosts/outputs";
import type { PresentOutputs } from "../hosts/stage-outputs";
import { askImageTimes, imageAges } from "../status/image-ages";
import { askSwarm } from "../swarm/facts";
import { answered } from "./answer";
import { containerProbe, containerProbeSeconds, readContainerProbe } from "./container-probe";
import { openPorts } from "./dial";
import type { AuditFacts, OpenPort, ServerFacts, ServerProbe, SwarmState } from "./facts";
import { alwaysAsked } from "./judge-ports";
import { localFiles } from "./local-files";
import { readServer } from "./read-server";
import { serverScript, serverSeconds } from "./server-script";
import { wantedFacts } from "./wanted";

/** How long a server may take to answer at all, seconds. */
const dialSeconds = 5;

/** How long the Swarm may take to answer, seconds. */
const swarmSeconds = 10;

/** Ports that no container may reach on any server, besides that of SSH: those of the Swarm. */
const closedToContainers: readonly number[] = [2377, 7946];

/**
 * Asks all servers at once, and the Swarm after them. A server that does not answer stops nothing.
 *
 * @param plan of the stage, if the site can be planned
 */
export async function collectAudit(outputs: PresentOutputs, plan?: Plan): Promise<AuditFacts> {
  const wanted = wantedFacts(outputs, plan);
  const registry = outputs.registry?.address ?? `registry.${outputs.site}:5000`;
  const targets = containerTargets(outputs, wanted.registryPort);
  const servers = await Promise.all(
    outputs.access.map(async (access): Promise<ServerFacts> => {
      const host = outputs.hosts.find(({ name }) => name === access.name);
      const role = host?.role ?? "cluster";
      const { name, user, port } = access;
      const probe = await answered(probeServer(access, registry));
      const server = { name, role, user, port, probe };
      if (!("value" in probe)) return server;
      const [open, openToContainers] = await Promise.all([
        tryPorts(access, probe.value, wanted.publishedPorts),
        role === "cluster" ? askContainer(access, targets) : undefined,
      ]);
      return {
        ...server,
        ...(open === undefined ? {} : { open }),
        ...(openToContainers === undefined ? {} : { openToContainers }),
      };
    }),
  );
  const baseImages = await baseImagesOf(outputs);
  // After the servers: a task that started meanwhile must not look like one that nobody knows.
  const swarm = await answered(swarmState(outputs));
  closeIdleConnections();
  const { stage, site, operators } = outputs;
  const { certificateEnd } = outputs.registry ?? {};
  return {
    stage,
    site,
    registry,
    baseImages,
    operatorKeys: operators.map(({ publicKey }) => publicKey),
    servers,
    wanted,
    swarm,
    ...(certificateEnd === undefined ? {} : { certificateEnd }),
    localFiles: localFiles(stage),
  };
}

/** The ages of base images; none while the repository server does not answer. */
async function baseImagesOf({ hosts, access, ownImages }: PresentOutputs) {
  const { name } = hosts.find(({ role }) => role === "repository") ?? {};
  const builder = access.find((each) => each.name === name);
  const images = ownImages.filter(({ kind }) => kind === "base");
  if (builder === undefined) return [];
  const ids = images.map(({ id }) => id);
  const built = await askImageTimes(builder, ids, dialSeconds).catch(
    () => new Map<string, string>(),
  );
  return imageAges({ images, built, services: [], serverImage: undefined, now: Date.now() });
}

async function probeServer(access: HostAccess, registry: string): Promise<ServerProbe> {
  const stdout = await asRoot(access, serverScript({ user: access.user, registry }), serverSeconds);
  return readServer(stdout);
}

/** Undefined: this computer reaches the server by forwarded ports, so its ports are not these. */
async function tryPorts(
  { address, port }: HostAccess,
  { listening, containers }: ServerProbe,
  published: readonly number[],
): Promise<readonly OpenPort[] | undefined> {
  if (/^127\.|^localhost$|^::1$/.test(address)) return undefined;
  // Ports of containers are redirected, so nothing need listen there.
  const ofContainers = containers.flatMap(({ ports }) => ports);
  return await openPorts(address, [
    port,
    ...alwaysAsked,
    ...ofContainers,
    ...listening,
    ...published,
  ]);
}

/** What a container must not reach, at the private addresses of all servers. */
function containerTargets(
  { hosts, access }: PresentOutputs,
  registryPort: number,
): readonly string[] {
  return hosts.flatMap(({ name, privateAddress, role }) => {
    // Behind forwarded ports, sshd's own is the usual one.
    const dialled = access.find((each) => each.name === name)?.port ?? 22;
    const own = role === "cluster" ? closedToContainers : [registryPort];
    return [...new Set([22, dialled, ...own])].map((port) => `${privateAddress}:${port}`);
  });
}

async function askContainer(
  access: HostAccess,
  targets: readonly string[],
): Promise<readonly string[] | undefined> {
  const asked = await answered(asRoot(access, containerProbe(targets), containerProbeSeconds));
  return "value" in asked ? readContainerProbe(asked.value) : undefined;
}

/** Runs a script for bash as root on a server. @throws TransportError also if it fails */
async function asRoot(access: HostAccess, script: string, seconds: number): Promise<string> {
  const limited = commandLine("timeout", "--kill-after=5", String(seconds), "bash", "-s");
  const { stdout } = await runChecked(access, `sudo -n ${limited}`, {
    stdin: script,
    deadlineSeconds: seconds + 10,
    dialSeconds,
  });
  return stdout;
}

async function swarmState(outputs: PresentOutputs): Promise<SwarmState> {
  const { tasks, services } = await askSwarm(clusterAccess(outputs), swarmSeconds);
  return {
    taskIds: tasks.map(({ ID: id }) => id),
    services: services.map(({ Spec: { Name: name, Labels: labels } }) => {
      const site = labels?.[siteLabel];
      return { name, ...(site === undefined ? {} : { site }) };
    }),
  };
}
