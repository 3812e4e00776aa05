/**
 * What the plan of a container fleet has to know about the Docker Engine at hand; read by
 * `facts.ts`.
 */
export interface DockerFacts {
  readonly cgroupVersion: 1 | 2;
  /**
   * Whether the engine runs in a virtual machine of Docker Desktop, out of reach of this computer's
   * routes.
   */
  readonly desktop: boolean;
  readonly platform: "linux" | "darwin" | "win32";
  /** All networks of the engine. */
  readonly networks: readonly DockerNetwork[];
  /** Those of {@link loopbackPorts} that something listens on. */
  readonly busyPorts: readonly BusyPort[];
  /** Tag of the server image that the project has now. Absent: servers are not compared with it. */
  readonly serverImage?: string;
  /** Containers of the engine; which of them are this stage's own is decided by name and labels. */
  readonly containers: readonly DockerContainer[];
}

/** A network of the Docker Engine. */
export interface DockerNetwork {
  readonly name: string;
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  /** IPv4 ones in CIDR form; others are passed over. */
  readonly cidrs: readonly string[];
}

/** A port of this computer that is taken. */
export interface BusyPort {
  readonly address: string;
  readonly port: number;
  /** Name of the container that publishes it; absent when it is not a container, or not known. */
  readonly holder?: string;
}

/** A container of the Docker Engine. */
export interface DockerContainer {
  readonly name: string;
  readonly id: string;
  readonly running: boolean;
  /** Default: taken for our own when it has the name of one of our servers. */
  readonly labels?: Readonly<Record<string, string>>;
}
