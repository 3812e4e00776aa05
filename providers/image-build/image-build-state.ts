import type { ImageRelease } from "../../model/image/releases";
import type { RegistryAuth } from "../registry/registry-auth";
import type { HostAccess } from "../transport/host-access";

/** Label with the hash of everything that the image was built from. */
export const CONTENT_LABEL = "hive.content";

/** Label with the time of the update that the image was built for. */
export const UPDATED_LABEL = "hive.updated";

/** How a host gets the image that the Dockerfile starts from. */
export interface BaseImageSource {
  /** As in FROM, e.g. `debian:trixie-slim`. */
  readonly reference: string;
  /** Whether this computer's engine is asked first. */
  readonly seedFromLocalEngine: boolean;
  /**
   * Digest of that image in its registry; empty or absent if it came from no registry.
   */
  readonly digest?: string;
}

/** Inputs as they come over the wire. */
export interface ImageBuildInputs {
  readonly host: HostAccess;
  readonly fallbackHosts?: readonly HostAccess[];
  readonly incarnation: string;
  readonly contextFolder: string;
  readonly contextHash: string;
  readonly repository: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly baseImageId?: string;
  readonly baseImage?: BaseImageSource;
  readonly target?: string;
  readonly buildSecrets?: Readonly<Record<string, string>>;
  readonly updated?: string;
  readonly networkMode?: string;
  readonly push: boolean;
  readonly registryAuth?: RegistryAuth;
  /** Systemd unit of the registry on `host`. */
  readonly registryUnit?: string;
  readonly pullFrom?: string;
  readonly managers?: readonly HostAccess[];
  readonly revision: string;
}

/** What the state holds. */
export interface ImageBuildState extends ImageBuildInputs {
  readonly tag: string;
  readonly imageId: string;
  readonly digest: string;
  readonly reference: string;
  /** Whether the registry has the image; also false for an image that is not to be pushed. */
  readonly pushed: boolean;
  /** Name of the host that holds the image until it can be pushed; else empty. */
  readonly builtOn: string;
  /** Releases that were built, newest first. */
  readonly releases: readonly ImageRelease[];
}

/** Result of a build. */
export type BuiltImage = Pick<
  ImageBuildState,
  "tag" | "imageId" | "digest" | "reference" | "pushed" | "builtOn"
> & {
  /** When, ISO 8601 in UTC. */
  readonly builtAt: string;
};
