import type { Duration } from "../values/duration";
import type { Size } from "../values/size";

/** How many tasks a service has. */
export type ServiceMode =
  | "global"
  | {
      /** Number of tasks, 0 to switch the service off. */
      readonly replicas: number;
    }
  | {
      /** One task that ends. */
      readonly job: Job;
    };

/** A service whose task ends. */
export interface Job {
  /**
   * When it runs: five fields of cron, in UTC, e.g. `"0 3 * * *"`. Exactly one server starts it
   * each time, whichever servers are alive. A run that still goes on when the next one is due is
   * not disturbed, and the next one is skipped.
   *
   * @default once, whenever something in it changed
   */
  readonly schedule?: string;
  /**
   * How often a failed task is retried before the job has failed.
   *
   * @default 0
   */
  readonly retries?: number;
}

/** A network that a service joins under further names. */
export interface NetworkAttachment {
  /** Name of a network of the site, or `default`. */
  readonly name: string;
  /**
   * Further names of the service in this network, e.g. `mail.example.com` or `zabbix_agent`: any
   * DNS name. Several services may share one; the name of another service of the network, or of a
   * server, is not allowed.
   *
   * @default none
   */
  readonly aliases?: readonly string[];
}

/** Name resolution. */
export interface Dns {
  /**
   * Addresses of name servers.
   *
   * @default the server's
   */
  readonly servers?: readonly string[];
  /**
   * Search domains.
   *
   * @default none
   */
  readonly search?: readonly string[];
  /**
   * Options as in resolv.conf, e.g. `ndots:1`.
   *
   * @default none
   */
  readonly options?: readonly string[];
}

/** Where tasks may run. */
export interface Placement {
  /**
   * Conditions, all of which must hold, e.g. `node.labels.hive.zone == zone-a`. Keys are
   * `node.hostname`, `node.role`, `node.id`, `node.ip`, `node.platform.os`, `node.platform.arch`,
   * `node.labels.<name>` and `engine.labels.<name>`. Servers get their labels from `hive:labels` of
   * the stage.
   *
   * @default none
   */
  readonly constraints?: readonly string[];
  /**
   * Node labels; tasks are spread evenly over their values, e.g. `node.labels.hive.zone`.
   *
   * @default none
   */
  readonly spread?: readonly string[];
  /**
   * Tasks on one server at the same time.
   *
   * @default no limit
   */
  readonly maxReplicasPerHost?: number;
  /**
   * Name of another service; this one runs on the same server, e.g. an application with its helper
   * on one replicated volume, or a proxy beside its backend. They may share replicated volumes and
   * move together; this one starts after the other. Both have one task; this one may be a job. The
   * constraints of the other service apply to both.
   *
   * @default by itself
   */
  readonly with?: string;
}

/** When a task is restarted. */
export interface Restart {
  /**
   * Whether it is restarted after every end, only after a failure, or never. A job has `retries`
   * instead.
   *
   * @default "any"
   */
  readonly condition?: "any" | "on-failure" | "none";
  /**
   * Time before the restart.
   *
   * @default "0s" with a replicated volume or `placement.with`, else "1s"
   */
  readonly delay?: Duration;
  /**
   * Number of restarts within `window`.
   *
   * @default no limit
   */
  readonly maxAttempts?: number;
  /**
   * Time span in which starts count towards `maxAttempts`.
   *
   * @default no window: all attempts count
   */
  readonly window?: Duration;
}

/** How tasks are changed. */
export interface UpdatePolicy {
  /**
   * `start-first`: the new task runs before the old one is stopped. Not possible with published
   * host ports or replicated volumes.
   *
   * @default "stop-first" with published host ports, with volumes that the service writes to, with
   *   `placement.with`, and where `maxReplicasPerHost` leaves no place for one more task when a
   *   server is lost; else "start-first"
   */
  readonly order?: "start-first" | "stop-first";
  /**
   * Tasks that are changed at the same time; 0: all of them.
   *
   * @default 1
   */
  readonly parallelism?: number;
  /**
   * Time between two of them.
   *
   * @default "0s"
   */
  readonly delay?: Duration;
  /**
   * How long a new task is monitored for failure. A new service is monitored for the same time
   * before its dependents start, unless a health check has seen its tasks work.
   *
   * @default "5s"
   */
  readonly monitor?: Duration;
  /**
   * Fraction of the tasks, 0 to 1, that may fail.
   *
   * @default 0
   */
  readonly maxFailureRatio?: number;
  /**
   * Action when more tasks fail.
   *
   * @default "rollback" for an update, "pause" for a roll-back
   */
  readonly onFailure?: "rollback" | "pause" | "continue";
}

/** Kernel capabilities, e.g. `NET_ADMIN`. */
export interface Capabilities {
  /**
   * Capabilities that are added to Docker's default set, with or without the prefix `CAP_`.
   *
   * @default none
   */
  readonly add?: readonly string[];
  /**
   * Capabilities that are removed; `ALL` for every one.
   *
   * @default none
   */
  readonly drop?: readonly string[];
}

/** A limit of processes. −1 is unlimited. */
export interface Ulimit {
  /** The initial limit; a process may raise it up to `hard`. */
  readonly soft: number;
  /** The limit that no process in the container can exceed. */
  readonly hard: number;
}

/** Resources of a task. */
export interface Resources {
  /**
   * Upper limits of a task.
   *
   * @default no limits
   */
  readonly limits?: {
    /**
     * Processors, e.g. 0.5.
     *
     * @default no limit
     */
    readonly cpus?: number;
    /**
     * Memory, at least 6MiB; a task that uses more is killed and restarted.
     *
     * @default no limit
     */
    readonly memory?: Size;
    /**
     * Processes and threads.
     *
     * @default no limit
     */
    readonly pids?: number;
  };
  /**
   * Resources that a server must have free before a task starts there.
   *
   * @default nothing
   */
  readonly reservations?: {
    /**
     * Processors, e.g. 0.25.
     *
     * @default nothing
     */
    readonly cpus?: number;
    /**
     * Memory, at least 4MiB.
     *
     * @default nothing
     */
    readonly memory?: Size;
  };
}

/** The log driver for the output. */
export interface Logging {
  /**
   * Name of a log driver of Docker Engine, e.g. `journald`, or of a plugin that the servers have.
   */
  readonly driver: string;
  /**
   * Options of the driver.
   *
   * @default none
   */
  readonly options?: Readonly<Record<string, string>>;
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
   * Number of consecutive failures that make a task unhealthy.
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

/** A logical backup: the output of a command inside a task. */
export interface Backup {
  /** Name, unique in the service: a DNS label. */
  readonly name: string;
  /** Program and arguments whose output is the backup. */
  readonly command: readonly string[];
  /** Program and arguments that read it from standard input and restore it. */
  readonly restore: readonly string[];
  /**
   * Number of days for which a backup is kept.
   *
   * @default 14
   */
  readonly keepDays?: number;
}

/** Lines that trigger an alarm. */
export interface LogMonitoring {
  /** Regular expressions of lines that trigger an alarm. */
  readonly alert: readonly string[];
  /**
   * Regular expressions of lines that never trigger one.
   *
   * @default none
   */
  readonly ignore?: readonly string[];
}
