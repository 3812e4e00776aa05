import type { Gate, Route } from "./inventory";
import { pathAtAddress, planRoute, type RoutePlan } from "./service/routes";

/**
 * The site's gate: a web server on every cluster host that leads to all services with routes
 * (`model/service/routes.ts`).
 */

/** Name of the gate's service, and of its image. */
export const gateName = "gate";

/** Folder of the gate's image. */
export const gateContext = "platform/images/gate";

/** Folder on every cluster host with the gate's configuration. */
export const gateFolder = "/etc/hive/gate";

/** Where the gate's container sees {@link gateFolder}. */
export const gateTarget = "/etc/hive-gate";

/** The gate in the plan. */
export interface GatePlan {
  /** The service that logs people in; absent: none. */
  readonly login?: string;
  /**
   * Whether everything but the health check is answered over HTTPS alone, and the port of HTTP
   * leads there. On the private stage, whose addresses nobody else reaches, it is not.
   */
  readonly secure: boolean;
  /**
   * Whether browsers are told to ask over HTTPS only from now on (RFC 6797, HSTS). Not with a
   * certificate that no browser trusts: its warning could not be passed any more. And not at other
   * ports than 80 and 443: a browser would ask the port of HTTP for HTTPS.
   */
  readonly hsts: boolean;
  /** Ports of the hosts. */
  readonly ports: Required<NonNullable<Gate["ports"]>>;
  /** The routes of all services, by host and path. */
  readonly routes: readonly GateRoutePlan[];
}

/** A route, and where it leads. */
export interface GateRoutePlan extends RoutePlan {
  readonly service: string;
}

/** The ports of the gate, with defaults. */
export function gatePorts(gate: Gate | undefined): GatePlan["ports"] {
  return { http: gate?.ports?.http ?? 80, https: gate?.ports?.https ?? 443 };
}

/**
 * The gate's own path with which a route begins; undefined when there is none. At a name of a
 * route, the gate has only the paths of the login.
 */
export function reservedPath(route: Route, gate: Gate | undefined): string | undefined {
  const ofLogin = gate?.login === undefined ? [] : ["/login/", "/logout/"];
  const ofAddress = ["/healthz/", "/status/", "/.gate/", ...ofLogin];
  const { path, host } = planRoute(route);
  const begins = (text: string) => (own: string) => text.startsWith(own);
  return host === undefined
    ? ofAddress.find(begins(path))
    : (["/.gate/", ...ofLogin].find(begins(path)) ??
        ofAddress.find(begins(pathAtAddress({ host, path }))));
}
