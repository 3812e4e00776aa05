/** A container of one Docker Engine, as `GET /containers/<id>/json` returns it. */
export interface EngineContainer {
  readonly State: {
    /** Absent without a health check. */
    readonly Health?: {
      readonly Status?: string;
      /** The last runs of the check, oldest first. */
      readonly Log?: readonly { readonly ExitCode: number; readonly Output: string }[] | null;
    };
  };
}

/** An image of one Docker Engine, as `GET /images/<name>/json` returns it. */
export interface EngineImage {
  readonly Config?: { readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null };
}

/** A command in a container, as `GET /exec/<id>/json` returns it. */
export interface EngineExec {
  readonly Running: boolean;
  readonly ExitCode: number | null;
  /** On the host; 0 before it runs. */
  readonly Pid: number;
  readonly ProcessConfig: {
    readonly entrypoint: string;
    readonly arguments?: readonly string[] | null;
  };
}
