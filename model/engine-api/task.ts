import type { EngineTaskTemplate } from "./service-spec";

/** A task of a service, as `GET /tasks` lists it. */
export interface EngineTask {
  readonly ID: string;
  /** Absent for a task without a service, such as the attachment of a container to a network. */
  readonly ServiceID?: string;
  /** Absent or empty while no node has been chosen. */
  readonly NodeID?: string;
  /** Number of the replica; absent or 0 for tasks of global services and jobs. */
  readonly Slot?: number;
  /** `running` or, for jobs, `complete`; `shutdown` or `remove` when the Swarm wants it to end. */
  readonly DesiredState: string;
  /** RFC 3339, as all times. */
  readonly CreatedAt?: string;
  readonly UpdatedAt?: string;
  readonly Status: {
    readonly State: string;
    readonly Timestamp?: string;
    readonly Err?: string;
    readonly Message?: string;
    /** Absent until a node has created the container. */
    readonly ContainerStatus?: { readonly ContainerID?: string; readonly ExitCode?: number };
  };
  readonly Spec?: Partial<EngineTaskTemplate>;
  /** The run of a job that it belongs to; 0 is omitted. */
  readonly JobIteration?: { readonly Index?: number };
}
