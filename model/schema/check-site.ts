import type { z } from "zod";
import type {
  Config,
  Gate,
  Image,
  Network,
  Secret,
  Service,
  Site,
  Transform,
  Volume,
} from "../inventory";
import type { StageName } from "../plan";
import type { Problem } from "../problem/problems";
import type { FileContent, FileLookup } from "../values/file-lookup";
import { codeText } from "../foreign/code-text";
import { compose, hiveBuilder, isMap } from "../foreign/foreign-key";
import { nameForm, secretNameNote } from "../foreign/parts-forms";
import { parseShortPort } from "./published-port";
import { declaringFile } from "../service";
import { imageSchema } from "./image";
import { missingServiceProblem } from "./missing-service";
import { networkSchema } from "./network";
import { configSchema, secretSchema } from "./secret";
import { serviceSchema } from "./service";
import { siteSchema } from "./root";
import { nameSchema, shortName, volumeName } from "./values";
import { volumeSchema } from "./volume";
import { check, type Checked, pathText } from "./check";
import { longestObjectName } from "../swarm/object-name";
import { compareText } from "../values/text-order";

/**
 * Longest name of a network that leaves room for a suffix: a Swarm accepts 63 characters, as in a
 * DNS label.
 */
const longestNetworkName = 63 - 9;

/** File of the inventory. */
export const siteFile = "site/site.ts";

/** File of a service of this name. */
export function serviceFile(name: string): string {
  return `site/services/${name}.ts`;
}

/** A place inside a service, in the form for problems. */
export function servicePath(name: string, path: readonly PropertyKey[]): string {
  return `${serviceFile(name)}: ${pathText(["services", name, ...path])}`;
}

/**
 * A printed place, with the file that really declares its service. A service without a declaring
 * file is in the site's file if others were declared; in a site of plain objects, the file follows
 * from the service's name.
 */
export function declaredPlace(path: string, look: FileLookup, site: Site): string {
  const [file = "", ...rest] = path.split(": ");
  const name = /^site\/services\/(.*)\.ts$/.exec(file)?.[1];
  if (name === undefined) return path;
  const services: Readonly<Record<string, unknown>> = isMap(site.services) ? site.services : {};
  const declared = declaringFile(services[name]);
  const isHere =
    look(file) === "file" &&
    !Object.values(services).some((service) => declaringFile(service) !== undefined);
  return [declared ?? (isHere ? file : siteFile), ...rest].join(": ");
}

/** A place of the site outside of services, in the form for problems. */
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

/**
 * The parts of a site whose form is right, each in alphabetical order, and the problems of the
 * others.
 */
export type SiteCheck = {
  readonly [Part in SitePart]: ReadonlyMap<string, SiteParts[Part]>;
} & {
  /** Without functions that are none. */
  readonly transform: Transform;
  /** Undefined when it is absent, or when something in it is wrong. */
  readonly gate: Gate | undefined;
  /** Undefined when it is not a domain name. */
  readonly name: string | undefined;
  /**
   * Names of all declared parts, including those with problems. `networks` always has `default`.
   */
  readonly names: Readonly<Record<SitePart, readonly string[]>>;
  readonly problems: readonly Problem[];
};

/**
 * Checks the form of a site: types, names, keys. Its parts are checked one by one, so that all
 * problems are found.
 *
 * @param read reads a file of the project, to say why a service is undefined
 */
export function checkSite(site: Site, read: FileContent = () => undefined): SiteCheck {
  const outer = check(siteSchema, site, {
    locate: sitePath,
    secret: (path) => path[0] !== "name",
  });
  const problems: Problem[] = outer.ok ? [] : [...outer.problems];
  const systems = pastedSystems(site);
  const parts = {
    images: checkPart("images", imageSchema, site.images),
    networks: checkPart("networks", networkSchema, withDefaultNetwork(site.networks)),
    volumes: checkPart("volumes", volumeSchema, site.volumes),
    secrets: checkPart("secrets", secretSchema, site.secrets),
    configs: checkPart("configs", configSchema, site.configs),
    services: checkPart("services", serviceSchema, site.services, { systems, read }),
  };
  for (const part of Object.values(parts)) problems.push(...part.problems);
  const isRight = (key: keyof Site): boolean =>
    outer.ok || !outer.problems.some(({ path }) => path.startsWith(sitePath([key])));
  return {
    transform: transformOf(site),
    gate: isRight("gate") ? site.gate : undefined,
    name: isRight("name") ? site.name : undefined,
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

function transformOf({ transform }: Site): Transform {
  const functions: Readonly<Record<string, unknown>> = isMap(transform) ? { ...transform } : {};
  return Object.fromEntries(
    Object.entries(functions).filter(([, value]) => typeof value === "function"),
  );
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

/**
 * The schemas of names of parts; for networks, secrets and configs the names in the Swarm are
 * longer.
 */
const nameSchemas: Readonly<Record<SitePart, z.ZodType>> = {
  images: nameSchema.meta({ foreignForm: nameForm(63) }),
  networks: shortName(longestNetworkName).meta({ foreignForm: nameForm(longestNetworkName) }),
  volumes: volumeName.meta({ foreignForm: nameForm(63) }),
  secrets: shortName(longestObjectName).meta({
    foreignForm: nameForm(longestObjectName, secretNameNote),
  }),
  configs: shortName(longestObjectName).meta({ foreignForm: nameForm(longestObjectName) }),
  services: nameSchema.meta({ foreignForm: nameForm(63) }),
};

/**
 * Whether the site was pasted from hive-builder: then each of its services is read in that form.
 */
function pastedSystems(site: Site): readonly string[] {
  const checks = [
    check(siteSchema, site, { locate: sitePath }),
    ...entriesOf(site.services).map(([name, service]) =>
      check(serviceSchema, service, { locate: sitePath, name }),
    ),
  ];
  return checks.some((checked) => !checked.ok && checked.systems.includes(hiveBuilder))
    ? [hiveBuilder]
    : [];
}

/**
 * What is wrong with the form of a service.
 *
 * @param locate how places inside of it are named
 */
export function serviceFormProblems(
  name: string,
  service: unknown,
  locate: (path: readonly PropertyKey[]) => string,
): readonly Problem[] {
  const secret = (path: readonly PropertyKey[]): boolean => mayBeSecret("services", path);
  return problemsOf(check(serviceSchema, service, { locate, secret, name }));
}

/** A single port number means something else in the system from which it was pasted. */
function pastedPortProblems(
  service: Service,
  systems: readonly string[],
  locate: (path: readonly PropertyKey[]) => string,
): readonly Problem[] {
  const system = [hiveBuilder, compose].find((each) => systems.includes(each));
  const ports: unknown = isMap(service) ? service.ports : undefined;
  if (system === undefined || !Array.isArray(ports)) return [];
  return (ports as readonly unknown[]).flatMap((port, index) => {
    const alone =
      typeof port === "string" && !port.includes(":") ? parseShortPort(port) : undefined;
    if (alone === undefined) return [];
    const { target, protocol } = alone;
    const long = codeText({
      target,
      published: "auto",
      ...(protocol === "tcp" ? {} : { protocol }),
    });
    const both = `"${target}:${target}${protocol === "tcp" ? "" : `/${protocol}`}"`;
    return [
      {
        path: locate(["ports", index]),
        value: JSON.stringify(port),
        message: `means, in ${system}, port ${target} of the container with an automatic port of the servers; here it is port ${target} of both`,
        remedy: `write \`${long}\`; or ${both} if port ${target} of the servers is meant`,
      },
    ];
  });
}

/** Further input for checking a part of a site. */
interface PartOptions {
  /** From which it was pasted. */
  readonly systems?: readonly string[];
  readonly read?: FileContent;
}

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
  { systems = [], read = () => undefined }: PartOptions = {},
): CheckedPart<SiteParts[Part]> {
  const kept = new Map<string, SiteParts[Part]>();
  const problems: Problem[] = [];
  const entries = entriesOf(record);
  for (const [name, value] of entries) {
    if (part === "services" && (value as unknown) === undefined) {
      const files = { siteFile, conventional: serviceFile(name) };
      problems.push(missingServiceProblem(name, sitePath([part, name]), read, files));
      continue;
    }
    const locate =
      part === "services"
        ? (path: readonly PropertyKey[]) => servicePath(name, path)
        : (path: readonly PropertyKey[]) => sitePath([part, name, ...path]);
    const checked = check(schema, value, {
      locate,
      secret: (path) => mayBeSecret(part, path),
      name,
    });
    const pastedFrom = [...systems, ...(checked.ok ? [] : checked.systems)];
    const found = [
      ...problemsOf(check(nameSchemas[part], name, { locate: () => sitePath([part, name]) })),
      ...problemsOf(checked),
      ...(part === "services" ? pastedPortProblems(value as Service, pastedFrom, locate) : []),
    ];
    if (found.length === 0) kept.set(name, value);
    problems.push(...found);
  }
  return { kept, names: entries.map(([name]) => name), problems };
}

/**
 * Free texts that may contain a secret by mistake. They are never printed, nor is any other value
 * at their place.
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
  // A whole part contains all of its free texts; a secret written into `secrets` is one too.
  const isWhole = path.length === 0 || path.at(-1) === "healthcheck";
  return part === "secrets" || isWhole || path.some((step) => unprinted.has(step));
}

function problemsOf(checked: Checked<unknown>): readonly Problem[] {
  return checked.ok ? [] : checked.problems;
}

/**
 * The entries in alphabetical order; none when the value is not a map (which the schema reports).
 */
function entriesOf<T>(record: Readonly<Record<string, T>> | undefined): readonly [string, T][] {
  if (typeof record !== "object" || record === null || Array.isArray(record)) return [];
  return Object.entries(record).sort(([left], [right]) => compareText(left, right));
}
