import type { z } from "zod";
import { compareText } from "./text-order";
import type { StageName } from "./plan";
import type { Problem } from "./problems";
import { check, type Checked, pathText } from "./schema-problems";
import type { Config, Image, Network, Secret, Service, Site, Volume } from "./inventory";
import { imageSchema, nameSchema, serviceSchema, siteSchema } from "./site-schema";

/** File of the inventory. */
export const siteFile = "site/site.ts";

/** File in which a service of this name stands. */
export function serviceFile(name: string): string {
  return `site/services/${name}.ts`;
}

/** A place inside a service, as it is named in problems. */
export function servicePath(name: string, path: readonly PropertyKey[]): string {
  return `${serviceFile(name)}: ${pathText(["services", name, ...path])}`;
}

/** The parts of a site whose form is right, and the problems of the others. */
export interface SiteCheck {
  /** Undefined when it is not a domain name. */
  readonly name: string | undefined;
  readonly images: ReadonlyMap<string, Image>;
  /** Names of all images that are declared, also of those with problems. */
  readonly imageNames: readonly string[];
  readonly networks: ReadonlyMap<string, Network>;
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly configs: ReadonlyMap<string, Config>;
  readonly services: ReadonlyMap<string, Service>;
  readonly problems: readonly Problem[];
}

/** Checks the form of a site: types, names, keys. Services and images are checked one by one, so that all problems are found. */
export function checkSite(site: Site): SiteCheck {
  const problems: Problem[] = [];
  const outer = check(siteSchema, site, { locate: (path) => `${siteFile}: ${pathText(path)}` });
  if (!outer.ok) problems.push(...outer.problems);
  const images = new Map<string, Image>();
  for (const [name, image] of entriesOf(site.images)) {
    const locate = (path: readonly PropertyKey[]): string =>
      `${siteFile}: ${pathText(["images", name, ...path])}`;
    keepIfRight(
      images,
      name,
      image,
      [nameCheck(name, locate([])), checkPart(imageSchema, image, locate)],
      problems,
    );
  }
  const services = new Map<string, Service>();
  for (const [name, service] of entriesOf(site.services)) {
    const locate = (path: readonly PropertyKey[]): string => servicePath(name, path);
    const nameChecked = nameCheck(name, `${siteFile}: ${pathText(["services", name])}`);
    keepIfRight(
      services,
      name,
      service,
      [nameChecked, checkPart(serviceSchema, service, locate)],
      problems,
    );
  }
  const nameIsRight =
    outer.ok || !outer.problems.some((problem) => problem.path.endsWith(": name"));
  return {
    name: nameIsRight ? site.name : undefined,
    images,
    imageNames: entriesOf(site.images).map(([name]) => name),
    networks: new Map(entriesOf<Network>({ default: {}, ...site.networks })),
    volumes: new Map(entriesOf(site.volumes)),
    secrets: new Map(entriesOf(site.secrets)),
    configs: new Map(entriesOf(site.configs)),
    services,
    problems,
  };
}

/** Whether a stage runs a service. */
export function runsOn(service: Service, stage: StageName): boolean {
  return service.availableOn?.includes(stage) ?? true;
}

/** Free texts in which a user may have put a secret by mistake: never printed. */
const unprinted = new Set<PropertyKey>(["environment", "buildArguments", "labels", "command"]);

function checkPart(
  schema: z.ZodType,
  input: unknown,
  locate: (path: readonly PropertyKey[]) => string,
): Checked<unknown> {
  return check(schema, input, {
    locate,
    secret: (path) => path.some((step) => unprinted.has(step)),
  });
}

function nameCheck(name: string, path: string): Checked<unknown> {
  return check(nameSchema, name, { locate: () => path });
}

function keepIfRight<T>(
  kept: Map<string, T>,
  name: string,
  value: T,
  checks: readonly Checked<unknown>[],
  problems: Problem[],
): void {
  const found = checks.flatMap((checked) => (checked.ok ? [] : checked.problems));
  if (found.length === 0) kept.set(name, value);
  problems.push(...found);
}

/** The entries in alphabetical order; none when the value is no map (which the schema reports). */
function entriesOf<T>(record: Readonly<Record<string, T>> | undefined): readonly [string, T][] {
  if (typeof record !== "object" || record === null) return [];
  return Object.entries(record).sort(([left], [right]) => compareText(left, right));
}
