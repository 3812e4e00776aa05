import { backups } from "./backups";
import { capabilities } from "./capabilities";
import { command } from "./command";
import type { Replaces } from "./concept";
import { container } from "./container";
import { deployment } from "./deployment";
import { files } from "./files";
import { health } from "./healthcheck";
import { image } from "./image";
import { initialization } from "./initialization";
import { kernel } from "./kernel";
import { labels } from "./labels";
import { logMonitoring } from "./log-monitoring";
import { logging } from "./logging";
import { mode } from "./mode";
import { mounts } from "./mounts";
import { names } from "./names";
import { networks } from "./networks";
import { newPrivileges } from "./new-privileges";
import { placement } from "./placement";
import { ports } from "./ports";
import { resources } from "./resources";
import { restart } from "./restart";
import { routes } from "./routes";
import { rootOnServers } from "./root-on-servers";
import { rollout } from "./rollout";
import { standalone } from "./standalone";
import { stop } from "./stop";
import { user } from "./user";

/**
 * All concepts of a service, in the order of its attributes. A new concept is a file and a line
 * here.
 */
export const concepts = [
  image,
  deployment,
  mode,
  command,
  ports,
  routes,
  networks,
  mounts,
  files,
  names,
  labels,
  placement,
  health,
  restart,
  rollout,
  stop,
  user,
  capabilities,
  newPrivileges,
  rootOnServers,
  kernel,
  container,
  resources,
  logging,
  standalone,
  initialization,
  backups,
  logMonitoring,
] as const;

type AnyConcept = (typeof concepts)[number];
type OfSwarm = Extract<AnyConcept, { readonly toEngine: unknown }>;

/** `A | B` as `A & B`: the fields of all parts together. */
type Together<Part> = (Part extends unknown ? (part: Part) => void : never) extends (
  part: infer All,
) => void
  ? All
  : never;

/** The schema of all attributes. */
export type ServiceShape = Together<AnyConcept["schema"]>;

/** One service of the Swarm, normalized. The image or the Docker Engine decides absent fields. */
export interface ServicePlan extends Together<ReturnType<AnyConcept["plan"]>> {
  readonly name: string;
}

/**
 * A service of the Swarm in its normal form: lists whose order does not matter are sorted, and
 * defaults are filled in. The wanted and the observed service are compared in this form, so that
 * the engine's defaults are not differences.
 */
export interface ServiceSpec extends Together<ReturnType<OfSwarm["normalize"]>> {
  readonly name: string;
  /** The site that the service belongs to; the value of the label `hive.site`. */
  readonly site: string;
}

/** Merges the parts that concepts create. */
export function together<Part extends object>(parts: readonly Part[]): Together<Part> {
  return parts.reduce<object>((all, part) => ({ ...all, ...part }), {}) as Together<Part>;
}

const swarmConcepts = concepts.filter((concept): concept is OfSwarm => "toEngine" in concept);

/**
 * How each concept is compared and sent to a Docker Engine: part of dynamic providers, so without
 * schemas.
 */
export const ofSwarm = swarmConcepts.map(({ normalize, toEngine, fromEngine }) => ({
  normalize,
  toEngine,
  fromEngine,
}));

/** A field of a concept; the other fields name the service itself. */
export type SpecField = Exclude<keyof ServiceSpec, "name" | "site">;

/** What a change of each field replaces. */
export const specFields: Readonly<Record<SpecField, Replaces>> = together(
  swarmConcepts.map(({ fields }) => fields),
);

/** The names of all fields. */
export const fieldNames = Object.keys(specFields) as readonly SpecField[];

/**
 * Fields that are the same in the plan and in the Swarm; references have other names in the Swarm.
 */
type TakenOver = {
  [Field in SpecField & keyof ServicePlan]-?: ServicePlan[Field] extends ServiceSpec[Field]
    ? Field
    : never;
}[SpecField & keyof ServicePlan];

/** The fields of a service of the Swarm that are copied from the plan. */
export type PlannedService = Pick<ServicePlan, "name" | TakenOver>;
