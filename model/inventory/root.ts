import type { Gate } from "./route";
import type { Image } from "./image";
import type { Network } from "./network";
import type { Config, Secret } from "./secret";
import type { Service } from "./service";
import type { Transform } from "./transform";
import type { StageValue } from "./value";
import type { Volume } from "./volume";

/** The inventory: everything that a user runs on all stages. Written in `site/site.ts`. */
export interface Site {
  /**
   * Domain name of the site, the suffix of every server's name, e.g. `hive.example`. A stage may
   * set another one with `hive:siteName`.
   */
  readonly name: string;
  /**
   * The values that differ between stages, as returned by `stageValues`. A stage sets them under
   * `hive:values`.
   *
   * @default none
   */
  readonly values?: Readonly<Record<string, StageValue>>;
  /**
   * Images that the site builds itself on the repository server, by name.
   *
   * @default none
   */
  readonly images?: Readonly<Record<string, Image>>;
  /**
   * Networks that join tasks across servers, by name. The network `default` always exists; an entry
   * of this name changes its settings.
   *
   * @default only "default"
   */
  readonly networks?: Readonly<Record<string, Network>>;
  /**
   * Volumes, by name. A service mounts them by that name. Several services may share a local
   * volume, each server its own; a replicated one has one writer, and only services that run
   * together (`placement.with`) share it.
   *
   * @default none
   */
  readonly volumes?: Readonly<Record<string, Volume>>;
  /**
   * Secret values, by name. Tasks get them as files below `/run/secrets`; the inventory does not
   * contain the values.
   *
   * @default none
   */
  readonly secrets?: Readonly<Record<string, Secret>>;
  /**
   * Configuration files that are not secret, by name.
   *
   * @default none
   */
  readonly configs?: Readonly<Record<string, Config>>;
  /**
   * Services by name. Each has a file `site/services/<name>.ts`; its name is a DNS label, by which
   * other services reach it.
   *
   * @default none
   */
  readonly services?: Readonly<Record<string, Service>>;
  /**
   * The gate of all services with `routes`.
   *
   * @default no login; ports 80 and 443
   */
  readonly gate?: Gate;
  /**
   * Functions that change services, or servers of the private stage, while the plan is made.
   *
   * @default nothing is changed
   */
  readonly transform?: Transform;
}
