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
   * each time, whichever are alive; a run that is still going when the next is due is not
   * disturbed, and that next one is left out.
   *
   * @default once, whenever something in it changed
   */
  readonly schedule?: string;
  /**
   * How often a task that failed is tried again before the job has failed.
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
   * Further names under which the service is found there, e.g. `mail.example.com` or
   * `zabbix_agent`: whatever DNS can carry. Several services may share one; the name of another
   * service of the network, or of a server, is none.
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
   * `node.labels.<name>` and `engine.labels.<name>`. Servers get labels from `hive:labels` of the
   * stage.
   *
   * @default none
   */
  readonly constraints?: readonly string[];
  /**
   * Node labels over whose values tasks are spread evenly, e.g. `node.labels.hive.zone`.
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
   * Name of another service on whose server this one runs, as an application with its helper on one
   * replicated volume, or a proxy where what it serves is. They may share replicated volumes and
   * move together; this one is started after the other. Both have one task; conditions of where
   * they run are the other one's.
   *
   * @default by itself
   */
  readonly with?: string;
}

/** When a task is started again. */
export interface Restart {
  /**
   * Whether it is started again after every end, only after a failure, or never. A job says
   * `retries` instead.
   *
   * @default "any"
   */
  readonly condition?: "any" | "on-failure" | "none";
  /**
   * Time before it is started.
   *
   * @default "0s" with a replicated volume or `placement.with`, else "1s"
   */
  readonly delay?: Duration;
  /**
   * How often within `window`.
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
   * Tasks that are changed at the same time; 0 all of them.
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
   * How long a new task is watched for failure. A service that is new is watched as long before its
   * dependents begin, unless a health check has seen its tasks work.
   *
   * @default "5s"
   */
  readonly monitor?: Duration;
  /**
   * Part of the tasks, 0 to 1, that may fail.
   *
   * @default 0
   */
  readonly maxFailureRatio?: number;
  /**
   * What happens when more fail.
   *
   * @default "rollback" for an update, "pause" for a roll-back
   */
  readonly onFailure?: "rollback" | "pause" | "continue";
}

/** Kernel capabilities, e.g. `NET_ADMIN`. */
export interface Capabilities {
  /**
   * Names that are given beyond Docker's default set, with or without the prefix `CAP_`.
   *
   * @default none
   */
  readonly add?: readonly string[];
  /**
   * Names that are taken away; `ALL` for every one.
   *
   * @default none
   */
  readonly drop?: readonly string[];
}

/** A limit of processes. −1 is unlimited. */
export interface Ulimit {
  /** What holds at first; a process may raise it up to `hard`. */
  readonly soft: number;
  /** What nothing in the container can pass. */
  readonly hard: number;
}

/** What a task uses. */
export interface Resources {
  /**
   * What a task may use at most.
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
     * Memory, at least 6MiB; a task that takes more is killed and started again.
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
   * What a server must have free for a task to be started there.
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

/** Where output goes. */
export interface Logging {
  /** Name of a log driver of the engine, e.g. `journald`, or of a plugin that the servers have. */
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

/** A logical backup: what a command inside a task prints. */
export interface Backup {
  /** Name, unique in the service: a DNS label. */
  readonly name: string;
  /** Program and arguments whose output is the backup. */
  readonly command: readonly string[];
  /** Program and arguments that read it from standard input and restore it. */
  readonly restore: readonly string[];
  /**
   * Days that a backup is kept.
   *
   * @default 14
   */
  readonly keepDays?: number;
}

/** Lines that raise an alarm. */
export interface LogMonitoring {
  /** Regular expressions of lines that do. */
  readonly alert: readonly string[];
  /**
   * Regular expressions of lines that never do.
   *
   * @default none
   */
  readonly ignore?: readonly string[];
}
