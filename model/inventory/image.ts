import type { StageName } from "../values/names";

/** An image that the site builds. */
export interface Image {
  /**
   * Folder with the Dockerfile, relative to the project's root.
   *
   * @default "site/images/<name>"
   */
  readonly context?: string;
  /**
   * Build arguments (`ARG` of the Dockerfile). They stay readable in the image's history: they must
   * not contain secrets.
   *
   * @default none
   */
  readonly buildArguments?: Readonly<Record<string, string>>;
  /**
   * Stage of the Dockerfile that the build ends with (`docker build --target`).
   *
   * @default the last one
   */
  readonly target?: string;
  /**
   * Names of the site's secrets that a build step may read, as `RUN --mount=type=secret,id=<name>`.
   * They enter neither a layer nor the history. A changed value does not rebuild the image: change
   * a file or an argument for that.
   *
   * @default none
   */
  readonly buildSecrets?: readonly string[];
  /**
   * Stages that take a finished image instead of building one, so that the next stage runs the same
   * bytes that were tested on the previous one.
   *
   * @default every stage builds
   */
  readonly pull?: ImagePull;
}

/** A finished image instead of a build. */
export interface ImagePull {
  /** The stages that pull. */
  readonly on: readonly StageName[];
  /** Reference by digest, `<registry>/<name>@sha256:…`. */
  readonly from: string;
}
