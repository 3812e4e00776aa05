/** An image to build. */
export interface BuildRequest {
  readonly contextFolder: string;
  /** `<repository>:<tag>` that the result gets. */
  readonly name: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Last stage of the Dockerfile to build. Default: the last one. */
  readonly target?: string | undefined;
  /** Values by name that build steps may read. Secret. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Whether every step runs, whatever the builder remembers. */
  readonly noCache: boolean;
  /** Network of the RUN steps, e.g. `host`. Default: the Docker Engine's bridge. */
  readonly networkMode?: string | undefined;
}
