/**
 * A network of the Swarm: an overlay that joins tasks across servers. Its settings are fixed when
 * it is created: another value replaces it.
 */
export interface Network {
  /**
   * An external network of the Swarm, which somebody else manages: `true` for the same name, or its
   * name in the Swarm. Services join it; hive does not create, change or remove it, and a run fails
   * before it touches a service when it is missing. It excludes all other fields.
   *
   * @default the site's own network
   */
  readonly external?: true | string;
  /**
   * Driver of the network: `overlay`, `macvlan`, `ipvlan`, or a plugin that the servers have.
   * Networks of a single server (`bridge`, `host`) are refused.
   *
   * @default "overlay"
   */
  readonly driver?: string;
  /**
   * Options of the driver, e.g. `{ encrypted: "" }`.
   *
   * @default `{ encrypted: "" }` for the driver `overlay` where the stage encrypts
   *   (`hive:encryptNetworks`), else none
   */
  readonly driverOptions?: Readonly<Record<string, string>>;
  /**
   * IPv4 range in CIDR notation.
   *
   * @default the next free /24 of `hive:overlayPool`, chosen by the Swarm
   */
  readonly subnet?: string;
  /**
   * Gateway inside `subnet`.
   *
   * @default the subnet's first address
   */
  readonly gateway?: string;
  /**
   * Whether containers outside of the Swarm's tasks may join.
   *
   * @default true
   */
  readonly attachable?: boolean;
  /**
   * Whether the network has no connection to the outside.
   *
   * @default false
   */
  readonly internal?: boolean;
}
