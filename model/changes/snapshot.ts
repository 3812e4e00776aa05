import { createHash } from "node:crypto";
import type { Phase } from "../phases";
import type { ImagePlan, InitializationPlan, Plan, ServicePlan } from "../plan";
import { rootAccess } from "../planning/root-access";
import { canonical } from "../values/same-value";
import { type CloudSnapshot, cloudOf } from "./cloud";
import { fieldParts, type ServiceField } from "./service-fields";

/**
 * A plan as far as it is needed to say later what has changed since. It is kept in the state, so it
 * has no values: what a person is not shown is there as a hash.
 */
export interface PlanSnapshot {
  /** A reader takes a snapshot of another format for none. */
  readonly format: typeof snapshotFormat;
  /** The phases of the run: what later phases build is left out. */
  readonly phases: readonly Phase[];
  /** Settings of the whole site, by their name for people. */
  readonly settings: Readonly<Record<string, string>>;
  readonly servers: readonly ServerSnapshot[];
  readonly services: readonly ServiceSnapshot[];
  /** Absent: nothing is in a cloud, or an older release wrote the snapshot. */
  readonly cloud?: CloudSnapshot;
  /** The other things of a site, by name. */
  readonly objects: Readonly<Record<ObjectKind, Readonly<Record<string, string>>>>;
}

/** Hash of anything. */
type Hash = string;

/** Things of a site of which only the name, and whether they have changed, is told. */
export const objectKinds = [
  "volume",
  "network",
  "secret",
  "config",
  "image",
  "external object",
] as const;

/** One of {@link objectKinds}. */
export type ObjectKind = (typeof objectKinds)[number];

/** A server. */
export interface ServerSnapshot {
  /** e.g. `hive0`. */
  readonly name: string;
  readonly role: string;
  readonly content: Hash;
}

/** A service. */
export interface ServiceSnapshot {
  readonly name: string;
  /** The image as a person knows it. */
  readonly image: string;
  readonly mode: ServicePlan["mode"];
  readonly ports: ServicePlan["ports"];
  /** Absent: none, or an older release wrote the snapshot; then only their hashes are known. */
  readonly routes?: ServicePlan["routes"];
  /** By what its programs can become root on the servers. Absent: by nothing. */
  readonly rootAccess?: readonly string[];
  /** How its tasks are replaced. */
  readonly update: { readonly order: string; readonly parallelism: number };
  /** The parts of each field, such as one variable; a field without parts has the part "". */
  readonly fields: Readonly<Partial<Record<ServiceField, Readonly<Record<string, Hash>>>>>;
}

/** Hashes of the site's files that a plan names. */
export interface SiteContents {
  /** Of build contexts, by the images' names. */
  readonly contexts: Readonly<Record<string, string>>;
  /** By path, relative to the project's root. */
  readonly files: Readonly<Record<string, string>>;
}

/** Grows when snapshots of before can no longer be compared with new ones. */
export const snapshotFormat = 1;

/** The files of the project whose content is part of a plan, besides build contexts. */
export function filesOf({ configs, services }: Plan): readonly string[] {
  const steps = services.flatMap(({ initialize }) => initialize);
  const files = [
    ...configs.flatMap(({ source }) => (source.kind === "file" ? [source.file] : [])),
    ...steps.flatMap(({ run, input }) => [
      ...(run.kind === "script" ? [run.file] : []),
      ...(input === undefined ? [] : [input]),
    ]),
  ];
  return [...new Set(files)].sort();
}

/** The snapshot of a plan. */
export function snapshotOf(plan: Plan, contents: SiteContents): PlanSnapshot {
  const objects = objectsOf(plan, contents);
  const cloud = cloudOf(plan, hashOf);
  return throughPhases(
    {
      format: snapshotFormat,
      phases: plan.phases,
      settings: mapped(settingsOf(plan), hashOf),
      servers: plan.hosts.map(({ logicalName, role, ...rest }) => ({
        name: logicalName,
        role,
        content: hashOf(rest),
      })),
      services: plan.services.map((service) =>
        snapshotOfService(service, { plan, objects, contents }),
      ),
      ...(cloud === undefined ? {} : { cloud }),
      objects,
    },
    plan.phases,
  );
}

/**
 * A snapshot without what only later phases build: a run that stops early is compared with what it
 * covers.
 */
export function throughPhases(snapshot: PlanSnapshot, phases: readonly Phase[]): PlanSnapshot {
  const reaches = (phase: Phase): boolean => phases.includes(phase);
  const { volume, network, image, ...others } = snapshot.objects;
  const none = {};
  return {
    ...snapshot,
    phases: snapshot.phases.filter(reaches),
    services: reaches("deploy-services") ? snapshot.services : [],
    objects: {
      volume: reaches("build-volumes") ? volume : none,
      network: reaches("build-networks") ? network : none,
      image: reaches("build-images") ? image : none,
      secret: reaches("setup-hosts") ? others.secret : none,
      config: reaches("deploy-services") ? others.config : none,
      "external object": reaches("deploy-services") ? others["external object"] : none,
    },
  };
}

/**
 * A snapshot from the state. Undefined for anything else, such as what another version of hive has
 * written.
 */
export function readSnapshot(value: unknown): PlanSnapshot | undefined {
  const { format, phases, settings, servers, services, objects } = (value ?? {}) as Record<
    string,
    unknown
  >;
  const known =
    format === snapshotFormat &&
    [phases, servers, services].every(Array.isArray) &&
    [settings, objects].every((one) => typeof one === "object" && one !== null) &&
    objectKinds.every((kind) => typeof (objects as Record<string, unknown>)[kind] === "object");
  return known ? (value as PlanSnapshot) : undefined;
}

/**
 * What concerns the whole site. A change of one may concern every server.
 */
function settingsOf(plan: Plan): Readonly<Record<string, unknown>> {
  const { ssh } = plan;
  return {
    "name of the site": plan.siteName,
    "kind of servers": plan.fleet,
    "network of the servers": plan.network,
    "SSH access": { user: ssh.user, port: ssh.port },
    operators: ssh.operators,
    Swarm: plan.swarm,
    registry: plan.registry,
    // Left out at first, so that a snapshot of before there were versions says the same.
    ...(plan.keyVersion === 1 ? {} : { "version of hive's own keys": plan.keyVersion }),
    ...(plan.updated === undefined ? {} : { "time of the last update": plan.updated }),
    "server containers": [plan.container, plan.serverContainers],
    "prepared servers": plan.prepared,
  };
}

function objectsOf(plan: Plan, contents: SiteContents): PlanSnapshot["objects"] {
  const secrets = hashes(plan.secrets, ({ source }) => source);
  const file = (path: string): string => contents.files[path] ?? "";
  return {
    volume: hashes(plan.volumes, (volume) => volume),
    network: hashes(plan.overlays, (overlay) => overlay),
    secret: secrets,
    config: hashes(plan.configs, ({ source, template }) => [
      source.kind === "file" ? file(source.file) : hashOf(source.content),
      template,
    ]),
    image: hashes(plan.images, (image) => imageContent(image, secrets, contents, plan)),
    "external object": Object.fromEntries(
      plan.externals.map(({ kind, name, externalName, hosts }) => [
        `${kind} ${name}`,
        hashOf([externalName, hosts]),
      ]),
    ),
  };
}

/** A pinned image is not built: its files do not matter. */
function imageContent(
  image: ImagePlan,
  secrets: Readonly<Record<string, Hash>>,
  contents: SiteContents,
  { updated }: Plan,
): unknown {
  const { name, repository, buildArguments, target, buildSecrets, pullFrom } = image;
  if (pullFrom !== undefined) return { pullFrom };
  const read = buildSecrets.map((secret) => [secret, secrets[secret]]);
  const sources = [contents.contexts[name], repository, buildArguments, target, read];
  return updated === undefined ? sources : [...sources, updated];
}

function snapshotOfService(
  service: ServicePlan,
  {
    plan,
    objects,
    contents,
  }: {
    readonly plan: Plan;
    readonly objects: PlanSnapshot["objects"];
    readonly contents: SiteContents;
  },
): ServiceSnapshot {
  const { name, image, mode, ports, routes, update } = service;
  // What a service uses is a part of it: when it changes, the service changes too.
  const used = {
    image: (one: ServicePlan["image"]) =>
      one.kind === "build" ? [one, objects.image[one.image]] : one,
    networks: (id: string) => objects.network[id],
    secrets: (id: string) => objects.secret[id],
    configs: (id: string) => objects.config[id],
    // Its size is no part of a mount.
    volumes: (id: string) =>
      plan.volumes
        .filter((volume) => volume.name === id)
        .map(({ driver, driverOptions }) => [driver, driverOptions]),
    initialize: ({ run, input, secrets }: InitializationPlan) => [
      ...(run.kind === "script" ? [contents.files[run.file]] : []),
      ...(input === undefined ? [] : [contents.files[input]]),
      ...secrets.map((secret) => objects.secret[secret]),
    ],
  };
  const ways = rootAccess(service, plan.volumes).map(({ text }) => text);
  return {
    name,
    image: image.kind === "build" ? image.image : image.reference,
    mode,
    ports,
    ...(routes === undefined ? {} : { routes }),
    ...(ways.length === 0 ? {} : { rootAccess: ways }),
    update: { order: update.order, parallelism: update.parallelism },
    fields: mapped(fieldParts(service, used), (parts) => mapped(parts, hashOf)),
  };
}

function hashes<One extends { readonly name: string }>(
  all: readonly One[],
  content: (one: One) => unknown,
): Readonly<Record<string, Hash>> {
  return Object.fromEntries(all.map((one) => [one.name, hashOf(content(one))]));
}

function mapped<Value, Result>(
  all: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Readonly<Record<string, Result>> {
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, change(value)]));
}

function hashOf(value: unknown): Hash {
  return createHash("sha256").update(canonical(value)).digest("hex").slice(0, 16);
}
