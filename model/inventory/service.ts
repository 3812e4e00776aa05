import type { Duration } from "../values/duration";
import type { StageName } from "../values/names";
import type { Initialization } from "./initialization";
import type { Port, ShortPort } from "./port";
import type { Route } from "./route";
import type { ConfigMount, SecretMount } from "./secret";
import type {
  Backup,
  Capabilities,
  Dns,
  Healthcheck,
  LogMonitoring,
  Logging,
  NetworkAttachment,
  Placement,
  Resources,
  Restart,
  ServiceMode,
  Ulimit,
  UpdatePolicy,
} from "./tasks";
import type { Mount, Tmpfs } from "./volume";

/**
 * A service of the site, written in `site/services/<name>.ts`. Its name is its key in
 * `services` of `site/site.ts`.
 */
export interface Service {
  /**
   * The image: a reference such as `docker.io/library/nginx@sha256:…`, or `{ build: "portal" }`
   * for an image that the site builds from `site/images/portal`. Staging and production accept
   * only references with a digest: a tag can move under a running site, and resolving it needs the
   * registry at the moment of a failover.
   */
  readonly image: string | { readonly build: string };
  /**
   * The stages that run the service.
   *
   * @default all stages
   */
  readonly availableOn?: readonly StageName[];
  /**
   * Services that must run, and be initialized, before this one is started or changed.
   *
   * @default none
   */
  readonly dependsOn?: readonly string[];
  /**
   * How many tasks run: `"global"` one on every cluster server, `{ replicas: 2 }` two somewhere,
   * `{ job: … }` one that ends.
   *
   * @default { replicas: 1 }
   */
  readonly mode?: ServiceMode;
  /**
   * Program of the container; replaces the image's `ENTRYPOINT`.
   *
   * @default the image's own
   */
  readonly entrypoint?: readonly string[];
  /**
   * Arguments of the program; replace the image's `CMD`.
   *
   * @default the image's own
   */
  readonly command?: readonly string[];
  /**
   * Environment variables. Everybody who may list services can read them: they must not contain
   * secrets. The Swarm expands them, as it does `hostname` and the sources and targets of
   * `volumes`, as Go templates with the fields `.Service`, `.Node` and `.Task`.
   *
   * @default none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Published ports. Two services may have the same port in host mode if their constraints keep
   * them on different servers. Short (`"80"`, `"80:8080"`, `"53:53/udp"`, `"8080/http"`: port on
   * the server, then port in the container) or long.
   *
   * @default none
   */
  readonly ports?: readonly (ShortPort | Port)[];
  /**
   * Addresses at the site's gate that lead to it, the same on every cluster server:
   * `[{ port: 8080, path: "/app/" }]`. Its ports need not be published.
   *
   * @default none
   */
  readonly routes?: readonly Route[];
  /**
   * How other services find it: `vip` one virtual address for all tasks (needs IPVS in the servers'
   * kernel); `dnsrr` the name resolves to the tasks' own addresses.
   *
   * @default "vip"
   */
  readonly endpointMode?: "vip" | "dnsrr";
  /**
   * Networks that the service joins, by name or with aliases. An empty list: none.
   *
   * @default ["default"]
   */
  readonly networks?: readonly (string | NetworkAttachment)[];
  /**
   * Volumes of the site and folders of the server, and where the container sees them.
   *
   * @default none
   */
  readonly volumes?: readonly Mount[];
  /**
   * File systems in memory.
   *
   * @default none
   */
  readonly tmpfs?: readonly Tmpfs[];
  /**
   * Secrets of the site that its tasks can read, by name or with their file. A changed value
   * updates the service.
   *
   * @default none
   */
  readonly secrets?: readonly (string | SecretMount)[];
  /**
   * Configs of the site that its tasks can read. A changed content updates the service.
   *
   * @default none
   */
  readonly configs?: readonly ConfigMount[];
  /**
   * Host name inside the container, up to 64 letters; Swarm's templates such as
   * `{{.Node.Hostname}}` are allowed.
   *
   * @default the container's id
   */
  readonly hostname?: string;
  /**
   * Additional lines of the container's `/etc/hosts`: address by name. The names of all servers are
   * always there.
   *
   * @default none
   */
  readonly hosts?: Readonly<Record<string, string>>;
  /**
   * Name resolution of the container.
   *
   * @default the server's
   */
  readonly dns?: Dns;
  /**
   * Labels of the service. Keys that begin with `hive.` are reserved for hive.
   *
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Labels of its containers.
   *
   * @default none
   */
  readonly containerLabels?: Readonly<Record<string, string>>;
  /**
   * The servers on which its tasks may run.
   *
   * @default any cluster server
   */
  readonly placement?: Placement;
  /**
   * How Docker Engine checks whether a task works. A failed task is replaced, a failed update is
   * rolled back. `"none"` switches the image's own check off.
   *
   * @default the image's own
   */
  readonly healthcheck?: Healthcheck | "none";
  /**
   * When an ended task is restarted.
   *
   * @default always, at once for services with a replicated volume or `placement.with`, after 1 s
   *   for others
   */
  readonly restart?: Restart;
  /**
   * How a change is rolled out. A task that fails while it is monitored rolls the whole change
   * back.
   *
   * @default one by one, monitored for 5 s, the old task stopped first where two cannot run side by
   *   side
   */
  readonly update?: UpdatePolicy;
  /**
   * How a failed change is rolled back.
   *
   * @default as `update`
   */
  readonly rollback?: UpdatePolicy;
  /**
   * How long a task may take to stop before it is killed.
   *
   * @default "10s"
   */
  readonly stopGracePeriod?: Duration;
  /**
   * Signal that asks a task to stop, e.g. `"SIGQUIT"`.
   *
   * @default the image's own, else SIGTERM
   */
  readonly stopSignal?: string;
  /**
   * User, or `user:group`, that runs the program.
   *
   * @default the image's own
   */
  readonly user?: string;
  /**
   * Further groups of that user, names or numbers.
   *
   * @default none
   */
  readonly groups?: readonly string[];
  /**
   * Folder in which the program starts.
   *
   * @default the image's own
   */
  readonly workingDirectory?: string;
  /**
   * Kernel capabilities beyond or below Docker's default set.
   *
   * @default Docker's default set
   */
  readonly capabilities?: Capabilities;
  /**
   * Whether programs in its containers may gain rights that their caller does not have: by setuid
   * (`sudo`, `ping`, `crontab`) or by capabilities of a file. A Docker Engine forbids this for all
   * of its containers or for none: one such service lifts it for all services of the stage.
   *
   * @default false; true for a `standalone` service
   */
  readonly newPrivileges?: boolean;
  /**
   * Whether its programs may be root on the servers. A service that can become so has to say it:
   * one that mounts the Docker Engine's socket, `/`, or a folder of the server with keys; that
   * writes a folder of the system; that has a capability such as SYS_ADMIN; or that is
   * `standalone`.
   *
   * @default false
   */
  readonly rootOnServers?: boolean;
  /**
   * Kernel settings of the container's own namespaces, e.g. `{ "net.core.somaxconn": "1024" }`.
   *
   * @default none
   */
  readonly sysctls?: Readonly<Record<string, string>>;
  /**
   * Limits of the program's processes, by name as in `ulimit`:
   * `{ nofile: { soft: 65536, hard: 65536 } }`.
   *
   * @default the Docker Engine's
   */
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
  /**
   * Whether a small init is process 1 and reaps orphaned processes.
   *
   * @default false
   */
  readonly init?: boolean;
  /**
   * Whether the container's own file system is read-only.
   *
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * Whether the container has a terminal.
   *
   * @default false
   */
  readonly tty?: boolean;
  /**
   * Whether the program's standard input stays open although nobody writes to it, for programs that
   * end with their input: consoles, shells, game servers.
   *
   * @default false
   */
  readonly stdinOpen?: boolean;
  /**
   * Limits of a task, and the resources that a server must have free for it.
   *
   * @default no limit, nothing reserved
   */
  readonly resources?: Resources;
  /**
   * The log driver for its output.
   *
   * @default the server's journal
   */
  readonly logging?: Logging;
  /**
   * Whether the container is a small system of its own whose process 1 is systemd: it gets the file
   * systems in memory, the capabilities and the stop signal that systemd needs.
   *
   * @default false
   */
  readonly standalone?: boolean;
  /**
   * Steps that load initial data, in order.
   *
   * @default none
   */
  readonly initialize?: readonly Initialization[];
  /**
   * Logical backups that the repository server takes every day.
   *
   * @default none
   */
  readonly backups?: readonly Backup[];
  /**
   * Lines of its output that trigger an alarm.
   *
   * @default none
   */
  readonly logMonitoring?: LogMonitoring;
}
