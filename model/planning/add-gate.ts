import { gateContext, gateFolder, gateName, type GatePlan, gatePorts, gateTarget } from "../gate";
import type { Gate, Service } from "../inventory";
import type { ServicePlan, StageName } from "../plan";
import type { Problem } from "../problem/problems";
import { runsOn, servicePath, type SiteCheck, sitePath } from "../schema/check-site";
import { defaultNetwork } from "../service/networks";
import { byAddress } from "../service/routes";
import { compareText, sortedUnique } from "../values/text-order";

/** A site with its gate. */
export interface SiteWithGate {
  readonly site: SiteCheck;
  /** The site has a service or an image of the gate's name. */
  readonly problems: readonly Problem[];
  /** A problem of the gate's service or image, at the place in the site that decides it. */
  readonly explained: (problem: Problem) => Problem;
}

/**
 * Adds the gate to a site as a service and an image, as if a user had written them, so that every
 * rule holds for it. A site without routes on this stage stays as it is.
 */
export function addGate(site: SiteCheck, stage: StageName): SiteWithGate {
  const problems = needsGate(site, stage) ? nameProblems(site) : [];
  if (!needsGate(site, stage) || problems.length > 0) {
    return { site, problems, explained: (problem) => problem };
  }
  const service = gateService(site, stage);
  return {
    site: {
      ...site,
      services: withEntry(site.services, service),
      images: withEntry(site.images, { context: gateContext }),
      names: {
        ...site.names,
        services: [...site.names.services, gateName],
        images: [...site.names.images, gateName],
      },
    },
    problems,
    explained: (problem) => ({
      ...problem,
      path: placeOf(problem.path),
      ...(problem.otherPath === undefined ? {} : { otherPath: placeOf(problem.otherPath) }),
    }),
  };
}

/** A map with an entry for the gate, in alphabetical order. */
function withEntry<T>(parts: ReadonlyMap<string, T>, part: T): ReadonlyMap<string, T> {
  const entries = [...parts, [gateName, part] satisfies [string, T]];
  return new Map(entries.sort(([left], [right]) => compareText(left, right)));
}

/** Whether a service of this stage has routes. */
export function needsGate(site: SiteCheck, stage: StageName): boolean {
  return routed(site, stage).length > 0;
}

/** The names of the gate's service and image are its own as soon as it runs. */
function nameProblems({ names }: SiteCheck): readonly Problem[] {
  const taken = [
    ...(names.services.includes(gateName)
      ? [{ path: servicePath(gateName, []), what: "service that hive itself runs" }]
      : []),
    ...(names.images.includes(gateName)
      ? [{ path: sitePath(["images", gateName]), what: "image that hive itself builds" }]
      : []),
  ];
  return taken.map(({ path, what }) => ({
    path,
    value: `"${gateName}"`,
    message: `is the name of the ${what} for services with routes`,
    remedy: "choose another name",
  }));
}

/** The gate in the plan; undefined when no service has routes. */
export function planGate(
  gate: Gate | undefined,
  services: readonly ServicePlan[],
  stage: StageName,
): GatePlan | undefined {
  const routes = services.flatMap(({ name, routes: own = [] }) =>
    own.map((route) => ({ ...route, service: name })),
  );
  if (routes.length === 0) return undefined;
  const ports = gatePorts(gate);
  const secure = stage !== "private";
  const usual = ports.http === 80 && ports.https === 443;
  return {
    ...(gate?.login === undefined ? {} : { login: gate.login }),
    secure,
    hsts: secure && usual && gate?.certificate !== undefined,
    ports,
    routes: routes.sort(byAddress),
  };
}

/** The network through which the gate reaches a service: the first one that it names. */
export function firstNetwork({ networks = [defaultNetwork] }: Service): string | undefined {
  const [first] = networks;
  return typeof first === "object" ? first.name : first;
}

function routed(site: SiteCheck, stage: StageName): readonly Service[] {
  return [...site.services.values()].filter(
    (service) => runsOn(service, stage) && (service.routes ?? []).length > 0,
  );
}

function gateService(site: SiteCheck, stage: StageName): Service {
  const login = site.gate?.login === undefined ? undefined : site.services.get(site.gate.login);
  const reached = [...routed(site, stage), ...(login === undefined ? [] : [login])];
  const networks = reached
    .flatMap((service) => firstNetwork(service) ?? [])
    // An unknown network is a problem of the service that names it.
    .filter((network) => site.names.networks.includes(network));
  const { http, https } = gatePorts(site.gate);
  return {
    image: { build: gateName },
    mode: "global",
    // In host mode: the client's address is kept, and no other server is needed.
    ports: [
      { target: 80, published: http, protocol: "http", mode: "host" },
      { target: 443, published: https, protocol: "https", mode: "host" },
    ],
    endpointMode: "dnsrr",
    networks: sortedUnique(networks),
    hostname: "{{.Node.Hostname}}",
    secrets: certificateSecrets(site.gate),
    volumes: [{ source: gateFolder, target: gateTarget, readOnly: true }],
    // Open requests are finished; the gate itself waits at most 5 s for them.
    stopGracePeriod: "10s",
    // It writes below /tmp/gate only, a volume that its image declares.
    readOnly: true,
    capabilities: { drop: ["ALL"] },
    resources: { limits: { memory: "256MiB", pids: 512 } },
  };
}

/** Where the gate's image looks for its certificate, in the order of {@link placeOf}. */
function certificateSecrets(gate: Gate | undefined): NonNullable<Service["secrets"]> {
  if (gate?.certificate === undefined) return [];
  const { chain, key } = gate.certificate;
  // 33 is www-data, as which the gate runs.
  return [
    { secret: chain, target: "tls.crt", uid: 33, gid: 33, mode: "0400" },
    { secret: key, target: "tls.key", uid: 33, gid: 33, mode: "0400" },
  ];
}

/** The place in the site that decides a part of the gate's service. */
function placeOf(path: string): string {
  const own = servicePath(gateName, []);
  if (path !== own && !path.startsWith(`${own}.`)) return path;
  const [, part, index] = /\.(ports|secrets)\[(\d)\]/.exec(path) ?? [];
  const isFirst = index === "0";
  if (part === "ports") return sitePath(["gate", "ports", isFirst ? "http" : "https"]);
  if (part === "secrets") return sitePath(["gate", "certificate", isFirst ? "chain" : "key"]);
  return sitePath(["gate"]);
}
