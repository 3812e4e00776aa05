/**
 * A network of the Swarm: an overlay that joins tasks across servers. Its settings are fixed when
 * it is made: another value replaces it.
 */
export interface Network {
  /**
   * A network of the Swarm that is not the site's: `true` under this name, or its name there.
   * Services join it; hive does not make, change or remove it, and a run fails before it touches a
   * service when it is missing. No other field stands beside.
   *
   * @default the site's own network
   */
  readonly external?: true | string;
  /**
   * Driver of the network: `overlay`, `macvlan`, `ipvlan`, or a plugin that the servers have.
   * Networks that end at their server (`bridge`, `host`) are refused.
   *
   * @default "overlay"
   */
  readonly driver?: string;
  /**
   * Options of the driver, e.g. `{ encrypted: "" }`.
   *
   * @default none
   */
  readonly driverOptions?: Readonly<Record<string, string>>;
  /**
   * IPv4 range in CIDR form.
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
   * Whether containers that are no tasks of the Swarm may join.
   *
   * @default true
   */
  readonly attachable?: boolean;
  /**
   * Whether the network has no way out.
   *
   * @default false
   */
  readonly internal?: boolean;
}
