import type { Plan } from "../model/plan";

/** The owner of objects: the values of the labels `hive.site` and `hive.stage`. */
export interface Owner {
  readonly site: string;
  readonly stage: string;
}

/** A resource of the stage's state, as far as a fleet reads it. */
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
   * Removes all of them. Objects that are already gone count as removed. @throws FleetError that
   * names the remaining objects
   */
  remove(): Promise<void>;
}

/** Observed facts about a fleet. */
export interface FleetFindings<R extends RecordedResource> {
  /** All objects of the stage, with their data. */
  readonly own: FleetObjects;
  /**
   * Objects of the stage that are not in the state and would block the next run. None of them
   * contains data.
   */
  readonly inTheWay: FleetObjects;
  /** Resources whose object is gone. */
  readonly gone: readonly R[];
}

/** An existing server. */
export interface ExistingServer {
  readonly name: string;
  /** Changes when the server is replaced; the same as `Host.instanceId`. */
  readonly id: string;
}

/** A server that does not run. */
export interface SleepingServer {
  readonly name: string;
  /** `paused`: its programs are frozen, and its memory is kept. `stopped`: it is off. */
  readonly state: "paused" | "stopped";
}

/**
 * The `hive` command's work for one stage's fleet around runs of Pulumi. Only fleets on this
 * computer need it.
 */
export interface FleetRecovery {
  /** The place of the servers, for messages: `this computer's Docker Engine`. */
  readonly place: string;
  /**
   * Observes the fleet without changing it. @throws MissingDockerError when that is not possible
   */
  look<R extends RecordedResource>(resources: readonly R[]): Promise<FleetFindings<R>>;
  /**
   * The stage's servers that exist and do not run; a run resumes and starts them. @throws
   * MissingDockerError when that cannot be observed
   */
  sleeping(): Promise<readonly SleepingServer[]>;
  /**
   * Shuts servers down in order; they stay off until a run starts them. Those that are off already
   * count as stopped. @throws FleetError that names the ones that could not be stopped
   */
  stop(names: readonly string[]): Promise<void>;
  /**
   * When the image of the servers that exist was built, ISO 8601; of the oldest one, if they
   * differ. Undefined when there is no server. @throws MissingDockerError when that cannot be
   * observed
   */
  serverImageBuilt(): Promise<string | undefined>;
  /**
   * Whether the servers' kernel has IPVS, which virtual addresses and the routing mesh need;
   * undefined when it is not known.
   */
  hasIpvs(): Promise<boolean | undefined>;
  /**
   * The servers that must be active in the Swarm during a run of this plan, because others are
   * replaced one at a time. Empty when none is replaced.
   *
   * @throws InventoryError when a problem prevents the run
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

/** Values by name, as they are in a state. */
export type Properties = Readonly<Record<string, unknown>>;

/** A create in a cloud whose end is not known: the run was interrupted. */
export interface OpenCreate {
  readonly urn: string;
  readonly type: string;
  /** What the program asked for. */
  readonly inputs: Properties;
  /** What the program gave the provider that it was sent to; secrets in clear. */
  readonly account: Properties;
}

/** What is known of a stage beside its account in a cloud. */
export interface StageFacts {
  readonly stage: string;
  /** Ids of everything in the stage's state. */
  readonly knownIds: ReadonlySet<string>;
  /** The same of URNs. */
  readonly knownUrns: ReadonlySet<string>;
  /**
   * A moment before the interrupted run, and after every other run of the stage. Undefined: none is
   * known.
   */
  readonly since: Date | undefined;
}

/** An object that goes into the state, as if its create had ended. */
export interface TakenOver {
  readonly urn: string;
  readonly id: string;
  readonly outputs: Properties;
}

/**
 * The `hive` command's work for servers in a cloud when a run was interrupted while it created
 * objects there.
 */
export interface CreateRecovery {
  /** Whether it can find out what became of a create. */
  covers(create: Pick<OpenCreate, "urn" | "type">): boolean;
  /**
   * Removes what the creates have made and the state does not have, so that they can be repeated.
   *
   * @param creates all of one account
   * @param env environment of the run
   * @param say tells the user what was removed, a line each
   * @returns what is not removed, for the state
   * @throws FleetError when the account cannot be asked, or has what may be more than that: then
   *   nothing was changed
   */
  settle(
    creates: readonly OpenCreate[],
    facts: StageFacts,
    env: NodeJS.ProcessEnv,
    say: (text: string) => void,
  ): Promise<readonly TakenOver[]>;
}
