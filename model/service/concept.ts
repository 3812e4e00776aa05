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

/** What a service's plan takes from the site and the stage around it. */
export interface ServiceContext {
  /** Private addresses of all servers by full name. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Names of the volumes that are replicated: they have one writer. */
  readonly replicatedVolumes: ReadonlySet<string>;
  /**
   * The servers of the stage, of which a service's constraints may leave some.
   *
   * @default three that hold tasks, the smallest cluster
   */
  readonly servers?: readonly ConstrainedHost[];
}

/** {@link ServiceContext} for one service. */
export interface NamedContext extends ServiceContext {
  /** Name of the service. */
  readonly name: string;
}

/**
 * One concept of a service: a few attributes that belong together, from what a user writes to what
 * the plan says of it. One that the Swarm knows is a {@link SwarmConcept}. All concepts stand in
 * `concepts.ts`.
 *
 * A concept looks at the attributes of another one through that one's own functions.
 */
export interface Concept<Schema extends ConceptSchema, Planned extends object> {
  /**
   * Form of each attribute. What holds between services, or between a service and the site, is a
   * rule (`model/rules`).
   */
  readonly schema: Schema;
  /** Fields of the plan, with every default written out. The service's form is right. */
  readonly plan: (service: Service, context: NamedContext) => Planned;
}

/**
 * What a change of a field replaces: the tasks, or nothing but the service's own entry (swarmkit,
 * `IsTaskDirty`).
 */
export type Replaces = "tasks" | "nothing";

/** The parts of a service in the Engine API that one concept writes. */
export interface EngineParts {
  readonly service?: Partial<Omit<EngineServiceSpec, "Name" | "TaskTemplate">>;
  readonly task?: Partial<Omit<EngineTaskTemplate, "ContainerSpec" | "ForceUpdate">>;
  readonly container?: Partial<EngineContainerSpec>;
}

/**
 * A concept that the Swarm knows. `Normal` is what `ServiceSpec` has of it: what the plan says, but
 * where other resources are named, which the Swarm knows by other names. `Beside` is what the
 * concept has to know of other concepts.
 *
 * Dynamic providers carry `normalize`, `toEngine` and `fromEngine` as text: of npm packages, zod
 * among them, they use nothing.
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
   * Brings the fields into the one form in which what is wanted and what an engine has are
   * compared: lists whose order means nothing are in order, what is empty is left out where that
   * means the same. The normal form of a normal form is the same.
   */
  readonly normalize: (spec: Normal & Beside) => Normal;
  /** The fields, in their normal form, in the Engine's words. */
  readonly toEngine: (spec: Normal & Beside) => EngineParts;
  /**
   * The fields that an engine has, with its defaults where it says nothing; brought into their
   * normal form afterwards.
   */
  readonly fromEngine: (engine: EngineServiceSpec) => Normal;
}
