import type { z } from "zod";
import type { Config, Image, Network, Secret, Service, Site, Volume } from "./inventory";
import type { StageName } from "./plan";
import type { Problem } from "./problems";
import type { FileLookup } from "./file-lookup";
import { imageSchema } from "./schema/image";
import { networkSchema } from "./schema/network";
import { configSchema, secretSchema } from "./schema/secret";
import { serviceSchema } from "./schema/service";
import { siteSchema } from "./schema/root";
import { nameSchema, shortName, volumeName } from "./schema/values";
import { volumeSchema } from "./schema/volume";
import { check, type Checked, pathText } from "./schema-problems";
import { longestObjectName } from "./swarm-object-name";
import { compareText } from "./text-order";

/** Longest name of a network that leaves room for a mark: a Swarm takes 63 characters, as for a DNS label. */
const longestNetworkName = 63 - 9;

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

/** A printed place; of a service that has no file of its own, the site's file stands before it. */
export function whereItStands(path: string, look: FileLookup): string {
  const [file = "", ...rest] = path.split(": ");
  const isHere = !file.startsWith("site/services/") || look(file) === "file";
  return isHere ? path : [siteFile, ...rest].join(": ");
}

/** A place inside the site outside its services, as it is named in problems. */
export function sitePath(path: readonly PropertyKey[]): string {
  return `${siteFile}: ${pathText(path)}`;
}

/** The parts of a site that are maps by name. */
export interface SiteParts {
  readonly images: Image;
  readonly networks: Network;
  readonly volumes: Volume;
  readonly secrets: Secret;
  readonly configs: Config;
  readonly services: Service;
}

/** Name of a part of the site. */
export type SitePart = keyof SiteParts;

/** The parts of a site whose form is right, each in alphabetical order, and the problems of the others. */
export type SiteCheck = {
  readonly [Part in SitePart]: ReadonlyMap<string, SiteParts[Part]>;
} & {
  /** Undefined when it is not a domain name. */
  readonly name: string | undefined;
  /** Names of all that is declared, also of what has problems. `networks` has `default` in any case. */
  readonly names: Readonly<Record<SitePart, readonly string[]>>;
  readonly problems: readonly Problem[];
};

/** Checks the form of a site: types, names, keys. Its parts are checked one by one, so that all problems are found. */
export function checkSite(site: Site): SiteCheck {
  const outer = check(siteSchema, site, {
    locate: sitePath,
    secret: (path) => path[0] !== "name",
  });
  const problems: Problem[] = outer.ok ? [] : [...outer.problems];
  const parts = {
    images: checkPart("images", imageSchema, site.images),
    networks: checkPart("networks", networkSchema, withDefaultNetwork(site.networks)),
    volumes: checkPart("volumes", volumeSchema, site.volumes),
    secrets: checkPart("secrets", secretSchema, site.secrets),
    configs: checkPart("configs", configSchema, site.configs),
    services: checkPart("services", serviceSchema, site.services),
  };
  for (const part of Object.values(parts)) problems.push(...part.problems);
  const nameIsRight = outer.ok || !outer.problems.some(({ path }) => path === sitePath(["name"]));
  return {
    name: nameIsRight ? site.name : undefined,
    images: parts.images.kept,
    networks: parts.networks.kept,
    volumes: parts.volumes.kept,
    secrets: parts.secrets.kept,
    configs: parts.configs.kept,
    services: parts.services.kept,
    names: {
      images: parts.images.names,
      networks: parts.networks.names,
      volumes: parts.volumes.names,
      secrets: parts.secrets.names,
      configs: parts.configs.names,
      services: parts.services.names,
    },
    problems,
  };
}

/** Whether a stage runs a service. */
export function runsOn(service: Service, stage: StageName): boolean {
  return service.availableOn?.includes(stage) ?? true;
}

function withDefaultNetwork(networks: Site["networks"]): Site["networks"] {
  return typeof networks === "object" || networks === undefined
    ? { default: {}, ...networks }
    : networks;
}

/** The names that parts take; of networks, secrets and configs the Swarm's own names are longer. */
const nameSchemas: Readonly<Record<SitePart, z.ZodType>> = {
  images: nameSchema,
  networks: shortName(longestNetworkName),
  volumes: volumeName,
  secrets: shortName(longestObjectName),
  configs: shortName(longestObjectName),
  services: nameSchema,
};

/** One part of a site, checked. */
interface CheckedPart<T> {
  readonly kept: ReadonlyMap<string, T>;
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

function checkPart<Part extends SitePart>(
  part: Part,
  schema: z.ZodType,
  record: Readonly<Record<string, SiteParts[Part]>> | undefined,
): CheckedPart<SiteParts[Part]> {
  const kept = new Map<string, SiteParts[Part]>();
  const problems: Problem[] = [];
  const entries = entriesOf(record);
  for (const [name, value] of entries) {
    const locate =
      part === "services"
        ? (path: readonly PropertyKey[]) => servicePath(name, path)
        : (path: readonly PropertyKey[]) => sitePath([part, name, ...path]);
    const found = [
      ...problemsOf(check(nameSchemas[part], name, { locate: () => sitePath([part, name]) })),
      ...problemsOf(check(schema, value, { locate, secret: (path) => mayBeSecret(part, path) })),
    ];
    if (found.length === 0) kept.set(name, value);
    problems.push(...found);
  }
  return { kept, names: entries.map(([name]) => name), problems };
}

/**
 * Free texts in which a user may have put a secret by mistake. They are never printed, nor is anything that stands in
 * their place.
 */
const unprinted = new Set<PropertyKey>([
  "backups",
  "buildArguments",
  "command",
  "containerLabels",
  "content",
  "driver",
  "driverOptions",
  "entrypoint",
  "environment",
  "initialize",
  "labels",
  "logging",
  "logMonitoring",
  "options",
  "secrets",
  "sysctls",
]);

function mayBeSecret(part: SitePart, path: readonly PropertyKey[]): boolean {
  // The whole of something holds all of its free texts; a secret written into `secrets` is one.
  const isWhole = path.length === 0 || path.at(-1) === "healthcheck";
  return part === "secrets" || isWhole || path.some((step) => unprinted.has(step));
}

function problemsOf(checked: Checked<unknown>): readonly Problem[] {
  return checked.ok ? [] : checked.problems;
}

/** The entries in alphabetical order; none when the value is no map (which the schema reports). */
function entriesOf<T>(record: Readonly<Record<string, T>> | undefined): readonly [string, T][] {
  if (typeof record !== "object" || record === null || Array.isArray(record)) return [];
  return Object.entries(record).sort(([left], [right]) => compareText(left, right));
}
