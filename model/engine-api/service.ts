import type { EngineServiceSpec } from "./service-spec";

/** A service, as `GET /services` lists it and `GET /services/<id>` returns it. */
export interface EngineService {
  readonly ID: string;
  /** RFC 3339, as all times. */
  readonly CreatedAt?: string;
  readonly UpdatedAt?: string;
  readonly Spec: EngineServiceSpec;
  /** Absent until the service has been changed. */
  readonly UpdateStatus?: {
    /**
     * `updating`, `paused`, `completed`, `rollback_started`, `rollback_paused`,
     * `rollback_completed`.
     */
    readonly State?: string;
    readonly StartedAt?: string;
    readonly CompletedAt?: string;
    readonly Message?: string;
  };
  /** The present run of a job: each change of the job begins a new run. */
  readonly JobStatus?: { readonly JobIteration?: { readonly Index?: number } };
}
