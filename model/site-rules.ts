import type { PortPlan, ServicePlan, StageName } from "./plan";
import { type Problem, printableValue } from "./problems";
import type { Service } from "./inventory";
import { type SiteCheck, servicePath, siteFile } from "./site-check";
import { type StageConfig, swarmPorts } from "./stage";
import { suggestion } from "./suggestion";

/** A service with its normal form. */
export interface PlannedService {
  readonly name: string;
  readonly service: Service;
  readonly plan: ServicePlan;
}

/** What the rules look at. */
export interface RuleInput {
  readonly stage: StageName;
  readonly site: SiteCheck;
  /** The services that this stage runs and whose form is right, in alphabetical order. */
  readonly services: readonly PlannedService[];
  /** Keys with problems of their own are absent. */
  readonly config: Partial<StageConfig>;
}

/** The problems that show only when services, images and stage are seen together. */
export function siteRuleProblems(input: RuleInput): readonly Problem[] {
  return [
    ...input.services.flatMap((service) => [
      ...imageProblems(service, input),
      ...reservedPortProblems(service, input.config),
      ...replicaProblems(service, input.config),
    ]),
    ...samePortProblems(input.services, input.stage),
  ];
}

function imageProblems(
  { name, service, plan }: PlannedService,
  input: RuleInput,
): readonly Problem[] {
  if (plan.image.kind === "build") {
    const { image } = plan.image;
    if (input.site.imageNames.includes(image)) return [];
    const meant = suggestion(image, input.site.imageNames);
    return [
      {
        path: servicePath(name, ["image", "build"]),
        value: printableValue(image) ?? "",
        message: `the site builds no image of this name`,
        remedy:
          meant === undefined
            ? `add ${image}: {} to images in ${siteFile}, with a Dockerfile in site/images/${image}`
            : `did you mean "${meant}"? Else add ${image}: {} to images in ${siteFile}`,
      },
    ];
  }
  const { reference } = plan.image;
  if (input.stage === "private" || reference.includes("@sha256:")) return [];
  return [
    {
      path: servicePath(name, ["image"]),
      value: printableValue(service.image) ?? "",
      message:
        `names no digest, and ${input.stage} runs only what is pinned: a tag can move under a running site, and looking it ` +
        "up delays a failover while the registry is away",
      remedy: `append the digest: docker buildx imagetools inspect ${reference} shows it; or keep the service to the private stage with availableOn`,
    },
  ];
}

function reservedPortProblems(
  { name, plan }: PlannedService,
  config: Partial<StageConfig>,
): readonly Problem[] {
  const reserved = [
    ...swarmPorts,
    ...(config.ssh === undefined
      ? []
      : [{ port: config.ssh.port, protocols: ["tcp"], use: "the servers' SSH daemon" }]),
  ];
  return plan.ports.flatMap((port) => {
    const holder = reserved.find(
      (entry) => entry.port === port.published && entry.protocols.includes(port.protocol),
    );
    if (holder === undefined) return [];
    return [
      {
        path: servicePath(name, ["ports"]),
        value: portText(port),
        message: `${port.published}/${port.protocol} is the port of ${holder.use}`,
        remedy: `publish another port, e.g. "${10_000 + port.target}:${port.target}"`,
      },
    ];
  });
}

function replicaProblems(
  { name, plan }: PlannedService,
  config: Partial<StageConfig>,
): readonly Problem[] {
  if (plan.mode.kind !== "replicated" || config.clusterHosts === undefined) return [];
  const port = plan.ports.find((candidate) => candidate.mode === "host");
  if (port === undefined || plan.mode.replicas <= config.clusterHosts) return [];
  return [
    {
      path: servicePath(name, ["mode", "replicas"]),
      value: String(plan.mode.replicas),
      message:
        `port ${port.published}/${port.protocol} in host mode can be taken once on each server, and the stage has ` +
        `${config.clusterHosts} cluster servers`,
      remedy: `write at most ${config.clusterHosts} replicas, or mode "ingress" for the port`,
    },
  ];
}

function samePortProblems(
  services: readonly PlannedService[],
  stage: StageName,
): readonly Problem[] {
  const problems: Problem[] = [];
  const holders = new Map<string, string>();
  for (const { name, plan } of services) {
    for (const port of plan.ports) {
      const key = `${port.published}/${port.protocol}`;
      const holder = holders.get(key);
      if (holder === undefined) {
        holders.set(key, name);
        continue;
      }
      problems.push({
        path: servicePath(name, ["ports"]),
        value: portText(port),
        message:
          holder === name
            ? `publishes ${key} twice`
            : `${key} is already published by the service ${holder} on the stage ${stage}`,
        remedy:
          holder === name
            ? "remove one of them"
            : "publish another port in one of the two, or keep them to different stages with availableOn",
      });
    }
  }
  return problems;
}

function portText(port: PortPlan): string {
  return `"${port.published}:${port.target}/${port.protocol}"`;
}
