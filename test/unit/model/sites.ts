import fc from "fast-check";
import type { Config, Network, Secret, Service, Site, Volume } from "../../../model/inventory";
import { image } from "./problems-of";

const names = ["am", "db", "gate", "ldap", "mail", "portal", "queue", "search", "shop", "wiki"];

const volume: fc.Arbitrary<Volume> = fc.oneof(
  fc.constant({ local: {} }),
  fc.constantFrom<Volume>({ replicated: { size: "1GiB" } }, { replicated: { size: "64MiB" } }),
  fc.constant<Volume>({ nfs: { server: "nas.example", path: "/export" } }),
  fc.constant<Volume>({ driver: { name: "rexray", options: { b: "1", a: "2" } } }),
);

const secret: fc.Arbitrary<Secret> = fc.oneof(
  fc.record({ length: fc.integer({ min: 16, max: 128 }) }).map((generate) => ({ generate })),
  fc.constant<Secret>({ fromStage: true }),
);

const config: fc.Arbitrary<Config> = fc.oneof(
  fc.string({ minLength: 1 }).map((content) => ({ content })),
  fc.constant<Config>({ file: "site/files/a.conf", template: true }),
);

/** Any text but one with two braces: that is a template, in which not everything is right. */
const text = fc.string().filter((each) => !each.includes("{{"));

const network: fc.Arbitrary<Network> = fc.record({ internal: fc.boolean() });

function mapOf<T>(prefix: string, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc
    .array(value, { minLength: 1, maxLength: 4 })
    .map((values) => Object.fromEntries(values.map((each, index) => [`${prefix}${index}`, each])));
}

/** Some keys of a map, each once. */
function someOf(map: Readonly<Record<string, unknown>>): fc.Arbitrary<string[]> {
  return fc.subarray(Object.keys(map));
}

interface Parts {
  readonly networks: Record<string, Network>;
  readonly volumes: Record<string, Volume>;
  readonly secrets: Record<string, Secret>;
  readonly configs: Record<string, Config>;
}

/**
 * A service that may stand in any site with these parts. Replicated volumes are left to
 * `withOwnVolumes`: they have one user.
 *
 * @param before names of services that it may depend on
 */
function service(name: string, parts: Parts, before: readonly string[]): fc.Arbitrary<Service> {
  const free = Object.keys(parts.volumes).filter(
    (each) => !("replicated" in (parts.volumes[each] as Volume)),
  );
  return fc.record({
    image: fc.constantFrom<Service["image"]>(image, { build: "app" }),
    dependsOn: fc.subarray([...before]),
    mode: fc.constantFrom<NonNullable<Service["mode"]>>("global", { replicas: 2 }),
    networks: someOf(parts.networks),
    volumes: fc
      .subarray(free)
      .map((sources) => sources.map((source) => ({ source, target: `/data/${source}` }))),
    secrets: someOf(parts.secrets),
    configs: someOf(parts.configs).map((all) => all.map((each) => ({ config: each }))),
    environment: fc.dictionary(fc.constantFrom("A", "B", "C"), text, { maxKeys: 3 }),
    ports: fc
      .subarray([1000, 2000, 3000])
      .map((targets) => targets.map((target) => ({ target, published: "auto" as const }))),
    hostname: fc.constant(name),
  });
}

/** Gives each replicated volume to one service with one task. */
function withOwnVolumes(services: Record<string, Service>, parts: Parts): Record<string, Service> {
  const owners = Object.keys(services);
  const replicated = Object.keys(parts.volumes).filter(
    (each) => "replicated" in (parts.volumes[each] as Volume),
  );
  const changed = { ...services };
  replicated.forEach((source, index) => {
    const owner = owners[index];
    const own = owner === undefined ? undefined : changed[owner];
    if (owner === undefined || own === undefined) return;
    changed[owner] = {
      ...own,
      mode: { replicas: 1 },
      volumes: [...(own.volumes ?? []), { source, target: `/data/${source}` }],
    };
  });
  return changed;
}

/** Whole sites that every stage takes, with 1 to 8 services. */
export const sites: fc.Arbitrary<Site> = fc
  .record({
    networks: mapOf("net", network),
    volumes: mapOf("vol", volume),
    secrets: mapOf("sec", secret),
    configs: mapOf("con", config),
    chosen: fc.shuffledSubarray(names, { minLength: 1, maxLength: 8 }),
  })
  .chain(({ chosen, ...parts }) =>
    fc
      .tuple(...chosen.map((name, index) => service(name, parts, chosen.slice(0, index))))
      .map((all) => ({
        name: "hive.example",
        images: { app: {} },
        ...parts,
        services: withOwnVolumes(
          Object.fromEntries(all.map((each, index) => [chosen[index] ?? "", each])),
          parts,
        ),
      })),
  );

/**
 * A value for each secret that a site takes from the stage: recognizable, so that a test finds it
 * where it must not be.
 */
export function stageSecretsOf(site: Site): Record<string, string> {
  return Object.fromEntries(
    Object.entries(site.secrets ?? {})
      .filter(([, each]) => "fromStage" in each)
      .map(([name]) => [name, `correct-horse-${name}`]),
  );
}
