import type { Duration } from "../values/duration";
import type { Size } from "../values/size";

/**
 * An address at the site's gate that leads to a service. Every cluster server answers at it,
 * wherever the service runs.
 */
export interface Route {
  /** Port in the container, where the service speaks HTTP. It need not be published. */
  readonly port: number;
  /**
   * Where the address begins: a path with `/` at both ends, e.g. `/app/`. Everything below it
   * belongs to the route; of several routes the longest path decides. The service sees the path as
   * it was asked for.
   *
   * @default "/"
   */
  readonly path?: string;
  /**
   * Name by which the gate is asked, in lower case: `guestbook` stands for `guestbook` and for
   * `guestbook.` with anything behind it. Until such names are in DNS, the route is at
   * `/guestbook/…` of every server's address as well; there the service sees the path without
   * `/guestbook`, which the header `X-Forwarded-Prefix` tells.
   *
   * @default none: at every server's address and at every name without a route of its own
   */
  readonly host?: string;
  /**
   * Whether only those get through who have logged in at the service that `gate.login` of the site
   * names. The service gets their name in `X-Remote-User`, `X-Remote-Name` and `X-Remote-Groups`.
   * It must be written where the site has such a service.
   *
   * @default false
   */
  readonly login?: boolean;
  /**
   * Largest body of a request.
   *
   * @default "10MiB"
   */
  readonly bodySize?: Size;
  /**
   * How long the service may send nothing while an answer, or a WebSocket, is open.
   *
   * @default "60s"
   */
  readonly timeout?: Duration;
}

/**
 * The site's gate: a web server on every cluster server that leads to all services with `routes`.
 * It runs as the service `gate` as soon as a service has routes.
 */
export interface Gate {
  /**
   * The service that logs people in, at its port 80: `/login` is its page, which posts to
   * `/login/submit`; `/logout` ends a session; `/check` answers 200 with the headers
   * `X-Remote-User`, `X-Remote-Name` and `X-Remote-Groups`, or 401, with which it may take the
   * cookie away. Its cookie is `hive_session`,
   * which the gate keeps from all other services.
   *
   * @default none: no route may have `login: true`
   */
  readonly login?: string;
  /**
   * Ports of the servers where the gate answers.
   *
   * @default { http: 80, https: 443 }
   */
  readonly ports?: GatePorts;
  /**
   * The certificate that the gate shows at its port of HTTPS. With one, browsers are told for a
   * year to come back over HTTPS only, if the ports are 80 and 443 and the stage is not the private
   * one.
   *
   * @default one of the gate's own making, which no browser trusts
   */
  readonly certificate?: GateCertificate;
}

/** Names of secrets of the site, PEM. Another value restarts the gates, one after the other. */
export interface GateCertificate {
  /** The certificate, and those that lead to one that browsers know. */
  readonly chain: string;
  /** Its private key. */
  readonly key: string;
}

/** Ports of the servers. */
export interface GatePorts {
  /**
   * Port of HTTP. It answers everything on the private stage; on the others it answers `/healthz`
   * and leads to HTTPS.
   *
   * @default 80
   */
  readonly http?: number;
  /**
   * Port of HTTPS.
   *
   * @default 443
   */
  readonly https?: number;
}
