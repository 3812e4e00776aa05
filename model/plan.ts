import type { Phase } from "./phases";

/** A stage: also the name of its Pulumi stack. */
export type StageName = "private" | "staging" | "production";

/** What gives a stage its servers. */
export type FleetKind = "container" | "aws" | "prepared";

/** A server's role: `cluster` hosts hold containers, the `repository` host holds images, watches and backs up. */
export type HostRole = "cluster" | "repository";

/**
 * All that a run builds, as plain data: the only thing that components read. Every decision has
 * been taken when it exists. `npx hive plan` prints it.
 */
export interface Plan {
  readonly stage: StageName;
  readonly fleet: FleetKind;
  /** The site's name; the DNS suffix of every host, e.g. `hive.example`. */
  readonly siteName: string;
  readonly network: NetworkPlan;
  /** All servers in index order: cluster hosts first, the repository server last. Order is identity. */
  readonly hosts: readonly HostPlan[];
  readonly ssh: SshPlan;
  readonly swarm: SwarmPlan;
  readonly registry: RegistryPlan;
  /** Images that the site builds, by name in alphabetical order. */
  readonly images: readonly ImagePlan[];
  /** Services that this stage runs, by name in alphabetical order. */
  readonly services: readonly ServicePlan[];
  /** The phases that this run goes through, in order. */
  readonly phases: readonly Phase[];
  /** Options of the `container` fleet; absent on other fleets. */
  readonly container?: ContainerFleetOptions;
}

/** The network that joins the servers. */
export interface NetworkPlan {
  /** e.g. `172.29.16.0/24`. */
  readonly cidr: string;
  /** First usable address of the CIDR. */
  readonly gateway: string;
  /** Where the Swarm takes the networks of services from, a /24 each; e.g. `10.224.0.0/12`. Fixed when the Swarm is made. */
  readonly overlayPool: string;
}

/** One server. */
export interface HostPlan {
  /** 0-based; cluster hosts first. */
  readonly index: number;
  /** Fully qualified, e.g. `p-hive0.hive.example`. Also the name of the Swarm node. */
  readonly name: string;
  /** Stable logical name in the resource tree, without stage or site: `hive0`. */
  readonly logicalName: string;
  readonly role: HostRole;
  /** Availability zone (container fleet: a label only). */
  readonly zone: string;
  /** Fixed private address inside the network's CIDR. */
  readonly privateAddress: string;
}

/** How servers are reached for management. */
export interface SshPlan {
  /** The one admin user; root cannot log in. */
  readonly user: string;
  readonly port: number;
  /** The operator's private key, relative to the project's root; created at the first run where the stage allows it. */
  readonly privateKeyFile: string;
}

/** Cluster-wide Swarm settings. */
export interface SwarmPlan {
  /** Dispatcher heartbeat, seconds. Default 2: a lost non-leader is noticed in 4–7 s instead of 11–15 s. */
  readonly heartbeatSeconds: number;
  /** Finished tasks kept per slot. */
  readonly taskHistoryLimit: number;
}

/** The site's private image registry on the repository server. */
export interface RegistryPlan {
  /** Name that every host resolves to the repository server's private address: `registry.<siteName>`. */
  readonly name: string;
  readonly port: number;
  /** `<name>:<port>`, the prefix of every image reference. */
  readonly address: string;
}

/** An image that the site builds. */
export interface ImagePlan {
  readonly name: string;
  /** Folder with the Dockerfile, relative to the project's root. */
  readonly context: string;
  /** `<registry address>/<name>`. */
  readonly repository: string;
  readonly buildArguments: Readonly<Record<string, string>>;
}

/** Where a service's image comes from. */
export type ServiceImage =
  | { readonly kind: "build"; /** Name of an {@link ImagePlan}. */ readonly image: string }
  | {
      readonly kind: "reference";
      /** e.g. `docker.io/library/nginx@sha256:…`. */ readonly reference: string;
    };

/** A published port. */
export interface PortPlan {
  /** Port inside the container. */
  readonly target: number;
  /** Port on the host. */
  readonly published: number;
  readonly protocol: "tcp" | "udp" | "sctp";
  /** `host`: on each host that runs a task, client address kept. `ingress`: Swarm's routing mesh. */
  readonly mode: "host" | "ingress";
}

/** How many tasks a service has. */
export type ServiceMode =
  { readonly kind: "global" } | { readonly kind: "replicated"; readonly replicas: number };

/** A container health check; durations in seconds. */
export interface HealthcheckPlan {
  /** Command and arguments, run without a shell. */
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly startPeriodSeconds: number;
}

/** One service of the Swarm, normalized: every default is written out. */
export interface ServicePlan {
  readonly name: string;
  readonly image: ServiceImage;
  readonly mode: ServiceMode;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly PortPlan[];
  /** Container host name; Swarm templates such as `{{.Node.Hostname}}` are allowed. */
  readonly hostname?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly healthcheck?: HealthcheckPlan;
  readonly stopGracePeriodSeconds: number;
}

/** Options of the `container` fleet. */
export interface ContainerFleetOptions {
  /**
   * How this computer reaches the servers. `direct`: by their private addresses (Linux). `loopback`: through
   * published ports on 127.0.0.1 (Docker Desktop). `auto`: what the engine at hand needs.
   */
  readonly access: "auto" | "direct" | "loopback";
  /** First published port in `loopback` access; host i uses the thousand `base + 1000·i`. */
  readonly loopbackPortBase: number;
}
