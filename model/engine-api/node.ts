/** A node of the Swarm, as `GET /nodes` lists it. */
export interface EngineNode {
  readonly ID: string;
  readonly Description: {
    readonly Hostname: string;
    readonly Platform?: { readonly OS?: string; readonly Architecture?: string };
    readonly Engine?: { readonly Labels?: Readonly<Record<string, string>> | null };
  };
  readonly Spec: EngineNodeSpec;
  readonly Status: {
    readonly State: "ready" | "down" | "unknown" | "disconnected";
    /** The address that the node advertises. */
    readonly Addr?: string;
  };
  /** For managers only. */
  readonly ManagerStatus?: {
    readonly Leader?: boolean;
    readonly Reachability?: "reachable" | "unreachable" | "unknown";
  };
}

/** The settings of a node that an operator decides: `NodeSpec` of the Engine API. */
export interface EngineNodeSpec {
  readonly Role: "manager" | "worker";
  /** `pause` takes no new tasks, `drain` also gives up its present ones. */
  readonly Availability: "active" | "pause" | "drain";
  readonly Labels?: Readonly<Record<string, string>> | null;
}
