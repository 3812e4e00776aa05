import type { Duration } from "./duration";
import type { StageName } from "./plan";

/** What a user runs on all stages: the inventory. Written in `site/site.ts`. */
export interface Site {
  /** Domain name of the site, the suffix of every server's name, e.g. `hive.example`. A stage may give another with `hive:siteName`. */
  readonly name: string;
  /**
   * Images that the site builds itself on the repository server, by name.
   *
   * @default none
   */
  readonly images?: Readonly<Record<string, Image>>;
  /**
   * Services by name. A service stands in `site/services/<name>.ts`; its name is a DNS label, by which other services
   * reach it.
   *
   * @default none
   */
  readonly services?: Readonly<Record<string, Service>>;
}

/** An image that the site builds. */
export interface Image {
  /**
   * Folder with the Dockerfile, relative to the project's root.
   *
   * @default "site/images/<name>"
   */
  readonly context?: string;
  /**
   * Build arguments (`ARG` of the Dockerfile). They stay readable in the image's history: no place for secrets.
   *
   * @default none
   */
  readonly buildArguments?: Readonly<Record<string, string>>;
}

/**
 * A service of the site, as it is written in `site/services/<name>.ts`. Its name is its key in `services` of
 * `site/site.ts`.
 */
export interface Service {
  /**
   * Where the image comes from: a reference such as `docker.io/library/nginx@sha256:…`, or `{ build: "webgate" }` for an
   * image that the site builds from `site/images/webgate`. Staging and production take references with a digest only: a
   * tag can move under a running site, and looking it up needs the registry at the moment of a failover.
   */
  readonly image: string | { readonly build: string };
  /**
   * The stages that run the service.
   *
   * @default all stages
   */
  readonly availableOn?: readonly StageName[];
  /**
   * How many tasks run: `"global"` one on every cluster server, `{ replicas: 2 }` two somewhere.
   *
   * @default { replicas: 1 }
   */
  readonly mode?: "global" | { readonly replicas: number };
  /**
   * Environment variables. They can be read by whoever may list services: no place for secrets.
   *
   * @default none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Published ports, short (`"80"`, `"80:8080"`, `"53:53/udp"`: port on the server, then port in the container) or long.
   *
   * @default none
   */
  readonly ports?: readonly (ShortPort | Port)[];
  /**
   * Host name inside the container; Swarm's templates such as `{{.Node.Hostname}}` are allowed.
   *
   * @default the container's id
   */
  readonly hostname?: string;
  /**
   * Labels of the service. Keys that begin with `hive.` belong to hive.
   *
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * How the engine finds out whether a task works. A task that fails is replaced, an update that fails is rolled back.
   *
   * @default the image's own
   */
  readonly healthcheck?: Healthcheck;
  /**
   * How long a task may take to stop before it is killed.
   *
   * @default "10s"
   */
  readonly stopGracePeriod?: Duration;
}

/** The protocols of a published port. */
export type PortProtocol = "tcp" | "udp" | "sctp";

/** A published port in short: `published`, `published:target`, either with `/protocol`. */
export type ShortPort =
  | `${number}`
  | `${number}/${PortProtocol}`
  | `${number}:${number}`
  | `${number}:${number}/${PortProtocol}`;

/** A published port. */
export interface Port {
  /** Port in the container. */
  readonly target: number;
  /**
   * Port on the servers.
   *
   * @default the same as `target`
   */
  readonly published?: number;
  /** @default "tcp" */
  readonly protocol?: PortProtocol;
  /**
   * `host`: on each server that runs a task; the service sees the client's address. `ingress`: on every server, through
   * Swarm's routing mesh; the service sees the server's address.
   *
   * @default "host" for global services, "ingress" for others
   */
  readonly mode?: "host" | "ingress";
}

/** A health check, run inside the container. */
export interface Healthcheck {
  /** Program and arguments; no shell is involved. */
  readonly command: readonly string[];
  /**
   * Time between two checks.
   *
   * @default "10s"
   */
  readonly interval?: Duration;
  /**
   * How long one check may take.
   *
   * @default "5s"
   */
  readonly timeout?: Duration;
  /**
   * Failures in a row that make a task unhealthy.
   *
   * @default 3
   */
  readonly retries?: number;
  /**
   * Time after the start in which failures do not count.
   *
   * @default "0s"
   */
  readonly startPeriod?: Duration;
}
