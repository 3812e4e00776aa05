/**
 * Facts about this computer's Docker Engine that the plan of a container fleet needs; read by
 * `facts.ts`.
 */
export interface DockerFacts {
  readonly cgroupVersion: 1 | 2;
  /**
   * Whether the Docker Engine runs in a virtual machine of Docker Desktop, which this computer's
   * routes do not reach.
   */
  readonly desktop: boolean;
  readonly platform: "linux" | "darwin" | "win32";
  /** All networks of the engine. */
  readonly networks: readonly DockerNetwork[];
  /** Those of {@link loopbackPorts} that something listens on. */
  readonly busyPorts: readonly BusyPort[];
  /** Tag of the project's present server image. Absent: servers are not compared with it. */
  readonly serverImage?: string;
  /** Containers of the engine; name and labels decide which of them belong to this stage. */
  readonly containers: readonly DockerContainer[];
}

/** A network of the Docker Engine. */
export interface DockerNetwork {
  readonly name: string;
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** IPv4 subnets in CIDR notation; others are skipped. */
  readonly cidrs: readonly string[];
}

/** A port of this computer that is taken. */
export interface BusyPort {
  readonly address: string;
  readonly port: number;
  /** Name of the container that publishes it; absent when it is not a container, or unknown. */
  readonly holder?: string;
}

/** A container of the Docker Engine. */
export interface DockerContainer {
  readonly name: string;
  readonly id: string;
  readonly running: boolean;
  /** Default: a container with the name of one of our servers counts as ours. */
  readonly labels?: Readonly<Record<string, string>>;
}
