import type { z } from "zod";
import type { Service } from "../inventory";
import type {
  EngineContainerSpec,
  EngineServiceSpec,
  EngineTaskTemplate,
} from "../engine-api/service-spec";
import type { ConstrainedHost } from "./placement-constraints";

/** The forms of attributes, by their names in the inventory. */
export type ConceptSchema = Partial<Readonly<Record<keyof Service, z.ZodType>>>;

/** Facts of the site and the stage that a service's plan needs. */
export interface ServiceContext {
  /** Private addresses of all servers by full name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Names of the replicated volumes: they have one writer. */
  readonly replicatedVolumes: ReadonlySet<string>;
  /**
   * The servers of the stage; a service's constraints may exclude some.
   *
   * @default three that run tasks, the smallest cluster
   */
  readonly servers?: readonly ConstrainedHost[];
}

/** {@link ServiceContext} for one service. */
export interface NamedContext extends ServiceContext {
  /** Name of the service. */
  readonly name: string;
}

/**
 * One concept of a service: a few attributes that belong together, from the user's text to the
 * plan. A concept that the Swarm knows is a {@link SwarmConcept}. All concepts are listed in
 * `concepts.ts`.
 *
 * A concept reads another concept's attributes through that concept's functions.
 */
export interface Concept<Schema extends ConceptSchema, Planned extends object> {
  /**
   * Form of each attribute. Conditions between services, or between a service and the site, are
   * rules (`model/rules`).
   */
  readonly schema: Schema;
  /** Fields of the plan, with every default filled in. The service's form is right. */
  readonly plan: (service: Service, context: NamedContext) => Planned;
}

/**
 * What a change of a field replaces: the tasks, or only the service's own entry (swarmkit,
 * `IsTaskDirty`).
 */
export type Replaces = "tasks" | "nothing";

/** The parts of an Engine API service that one concept writes. */
export interface EngineParts {
  readonly service?: Partial<Omit<EngineServiceSpec, "Name" | "TaskTemplate">>;
  readonly task?: Partial<Omit<EngineTaskTemplate, "ContainerSpec" | "ForceUpdate">>;
  readonly container?: Partial<EngineContainerSpec>;
}

/**
 * A concept that the Swarm knows. `Normal` are its fields in `ServiceSpec`: those of the plan, but
 * with the Swarm's names of other resources. `Beside` are the fields of other concepts that it
 * needs.
 *
 * Dynamic providers carry `normalize`, `toEngine` and `fromEngine` as text: they use no npm
 * packages, not even zod.
 */
export interface SwarmConcept<
  Schema extends ConceptSchema,
  Planned extends object,
  Normal extends object = Planned,
  Beside extends object = object,
> extends Concept<Schema, Planned> {
  /** Every field of `Normal`. */
  readonly fields: Readonly<Record<keyof Normal, Replaces>>;
  /**
   * Brings the fields into the normal form, in which the wanted and the observed service are
   * compared: lists whose order does not matter are sorted, and empty fields are omitted where that
   * means the same. The normal form of a normal form is the same.
   */
  readonly normalize: (spec: Normal & Beside) => Normal;
  /** The fields, in their normal form, as Engine API values. */
  readonly toEngine: (spec: Normal & Beside) => EngineParts;
  /**
   * The fields from the Engine API, with its defaults for absent ones; brought into their normal
   * form afterwards.
   */
  readonly fromEngine: (engine: EngineServiceSpec) => Normal;
}
