import type { ImageRelease } from "../../model/image/releases";
import type { RegistryAuth } from "../registry/registry-auth";
import type { HostAccess } from "../transport/host-access";

/** Label that holds the hash of all that the image was built from. */
export const CONTENT_LABEL = "hive.content";

/** How a host gets the image that the Dockerfile starts from. */
export interface BaseImageSource {
  /** As in FROM, e.g. `debian:trixie-slim`. */
  readonly reference: string;
  /** Whether this computer's engine is asked first. */
  readonly seedFromLocalEngine: boolean;
  /**
   * The image that it stands for, as its registry knows it; empty or absent if it came from no
   * registry.
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
  readonly networkMode?: string;
  readonly push: boolean;
  readonly registryAuth?: RegistryAuth;
  /** Unit of systemd on `host` that is the registry. */
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
  /** Whether the registry has it; false also for an image that is not to be pushed. */
  readonly pushed: boolean;
  /** Name of the host that has the image while it is not where it belongs; else empty. */
  readonly builtOn: string;
  /** What was built, newest first. */
  readonly releases: readonly ImageRelease[];
}

/** What a build yields. */
export type BuiltImage = Pick<
  ImageBuildState,
  "tag" | "imageId" | "digest" | "reference" | "pushed" | "builtOn"
> & {
  /** When, ISO 8601 in UTC. */
  readonly builtAt: string;
};
