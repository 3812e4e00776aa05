import { keyText } from "../foreign/code-text";
import type { FileContent, FileLookup } from "../values/file-lookup";
import type { Service } from "../inventory";
import type { HostPlan, ServicePlan, StageName } from "../plan";
import { type Problem, printableValue } from "../problem/problems";
import { type SiteCheck, siteFile, type SitePart } from "../schema/check-site";
import type { StageConfig } from "../stage/check-stage";
import { suggestion } from "../problem/suggestion";

/** A service with its normal form. */
export interface PlannedService {
  readonly name: string;
  readonly service: Service;
  readonly plan: ServicePlan;
}

/** The input of rules. */
export interface RuleInput {
  readonly stage: StageName;
  readonly site: SiteCheck;
  /** The services of this stage whose form is right, in alphabetical order. */
  readonly services: readonly PlannedService[];
  /** The servers; none if the stage has problems of its own. */
  readonly hosts: readonly HostPlan[];
  /** Keys with problems of their own are absent. */
  readonly config: Partial<StageConfig>;
  /** Looks up a path of the project; if files are not needed, every path exists. */
  readonly look: FileLookup;
  /** Reads a file of the project; if files are not needed, it returns nothing. */
  readonly read: FileContent;
}

/** A rule: finds problems in the combination of the parts of a site and a stage. */
export type Rule = (input: RuleInput) => readonly Problem[];

/** A rule that checks one service after the other. */
export function forEachService(
  look: (service: PlannedService, input: RuleInput) => readonly Problem[],
): Rule {
  return (input) => input.services.flatMap((service) => look(service, input));
}

/** The problem of an unknown name; none for a part of the site. */
export function unknownReference(
  site: SiteCheck,
  part: SitePart,
  name: string,
  path: string,
): readonly Problem[] {
  const known = site.names[part];
  if (known.includes(name)) return [];
  const meant = suggestion(name, known);
  const addition = `add ${examples[part](name)} to ${part} in ${siteFile}`;
  return [
    {
      path,
      value: printableValue(name) ?? "",
      message: `the site has no ${singular[part]} of this name`,
      remedy: meant === undefined ? addition : `did you mean "${meant}"? Else ${addition}`,
    },
  ];
}

const singular: Readonly<Record<SitePart, string>> = {
  images: "image",
  networks: "network",
  volumes: "volume",
  secrets: "secret",
  configs: "config",
  services: "service",
};

const examples: Readonly<Record<SitePart, (name: string) => string>> = {
  images: (name) => `${keyText(name)}: {}`,
  networks: (name) => `${keyText(name)}: {}`,
  volumes: (name) => `${keyText(name)}: { replicated: { size: "1GiB" } }`,
  secrets: (name) => `${keyText(name)}: { generate: {} }`,
  configs: (name) => `${keyText(name)}: { file: "…" }`,
  services: (name) => name,
};

/**
 * Servers that a service's constraints allow, in words: `3 cluster servers`, or fewer with their
 * names.
 */
export function eligibleText(
  eligible: readonly HostPlan[],
  clusterHosts: number | undefined,
): string {
  const count = `${eligible.length} cluster server${eligible.length === 1 ? "" : "s"}`;
  return eligible.length === clusterHosts
    ? count
    : `${count} that its constraints allow (${eligible.map(({ name }) => name).join(", ")})`;
}

/** Number of tasks of a service that can run at the same time. */
export function mostTasks(plan: ServicePlan, clusterHosts: number): number {
  if (plan.mode.kind === "replicated") return plan.mode.replicas;
  return plan.mode.kind === "job" ? 1 : clusterHosts;
}
