/** A Docker Engine's report about its Swarm membership: the field `Swarm` of `GET /info`. */
export interface EngineInfo {
  readonly Swarm?: {
    readonly NodeID: string;
    /** `inactive`, `pending`, `active`, `error`, `locked`. */
    readonly LocalNodeState: string;
    /** Whether it is a manager. */
    readonly ControlAvailable: boolean;
    readonly Error?: string;
    /** For managers only. */
    readonly Cluster?: { readonly ID: string };
  };
}

/**
 * The Swarm, as `GET /swarm` returns it. The join tokens never leave the function that needs one.
 */
export interface EngineSwarm {
  readonly ID: string;
  readonly Spec: {
    readonly Dispatcher?: {
      /** Nanoseconds. */
      readonly HeartbeatPeriod?: number;
    };
    readonly Orchestration?: { readonly TaskHistoryRetentionLimit?: number };
  };
  readonly JoinTokens: { readonly Manager: string };
}
