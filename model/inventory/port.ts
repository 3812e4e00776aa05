/**
 * The protocol of a published port: the transport, or what is spoken over TCP. `http` and `https`
 * make its addresses URLs, which `hive up` and `hive status` ask for a page.
 */
export type PortProtocol = "tcp" | "udp" | "sctp" | "http" | "https";

/** The short form of a published port: `published`, `published:target`, either with `/protocol`. */
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
   * Port on the servers; not one of Swarm (2377, 4789, 7946), SSH or replication (20000–28191).
   * `"auto"`: a port from 61001 to 65534 that is computed from service, target and protocol, so it
   * does not depend on other services.
   *
   * @default the same as `target`
   */
  readonly published?: number | "auto";
  /**
   * Protocol of both ports. `http` and `https` are TCP for the servers; the addresses of the
   * service become URLs.
   *
   * @default "tcp", and for the addresses of the published ports 80 and 443 `http` and `https`
   */
  readonly protocol?: PortProtocol;
  /**
   * `host`: on each server that runs a task; the service sees the client's address. `ingress`: on
   * every server, through Swarm's routing mesh; the service sees the server's address. The mesh
   * needs `endpointMode` `vip`.
   *
   * @default "host" for global services and for services with endpointMode "dnsrr", "ingress" for
   *   others
   */
  readonly mode?: "host" | "ingress";
}
