import type { Plan } from "../model/plan";

/** Whose objects are looked for: the values of the labels `hive.site` and `hive.stage`. */
export interface Owner {
  readonly site: string;
  readonly stage: string;
}

/** A resource as the stage's state has it, as far as a fleet reads it. */
export interface RecordedResource {
  readonly type: string;
  readonly id: string;
}

/** Objects of a fleet outside of Pulumi's state. */
export interface FleetObjects {
  /** 0 when there is nothing. */
  readonly count: number;
  /** `2 containers (p-hive0.…, p-hive1.…) and 1 network (…)`. */
  readonly text: string;
  /**
   * Removes all of them. What is gone already counts as removed. @throws FleetError that names what
   * is left
   */
  remove(): Promise<void>;
}

/** What a look at a fleet found. */
export interface FleetFindings<R extends RecordedResource> {
  /** What the stage owns, with all its data. */
  readonly own: FleetObjects;
  /**
   * What it owns and the state does not know, as far as it is in the way of what a run creates:
   * nothing that holds data.
   */
  readonly inTheWay: FleetObjects;
  /** Resources whose object is gone. */
  readonly gone: readonly R[];
}

/** A server that exists. */
export interface ExistingServer {
  readonly name: string;
  /** Changes when the server is replaced; the same as `Host.instanceId`. */
  readonly id: string;
}

/**
 * What the `hive` command does for one stage's fleet around the runs of Pulumi. Only fleets that
 * live on this computer need it.
 */
export interface FleetRecovery {
  /** Where the servers are, for messages: `this computer's Docker Engine`. */
  readonly place: string;
  /**
   * Looks at what there is, changing nothing. @throws MissingDockerError when that is not possible
   */
  look<R extends RecordedResource>(resources: readonly R[]): Promise<FleetFindings<R>>;
  /**
   * What a run of this plan asks of the servers: those that have to take part in the Swarm because
   * others are replaced one at a time. Empty when none is replaced.
   *
   * @throws InventoryError when something stands in the way of a run
   */
  requiredServers(plan: Plan): Promise<readonly ExistingServer[]>;
}

/** A kind of fleet that needs the command. */
export interface RecoverableFleet {
  /** Whether a state is of such a fleet. */
  recognises(resources: readonly RecordedResource[]): boolean;
  /** Its recovery for a stage. */
  of(owner: Owner): FleetRecovery;
}
