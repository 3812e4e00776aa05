import { z } from "zod";
import type { Route } from "../inventory";
import { portNumber, positiveDuration, size } from "../schema/values";
import { secondsOr } from "../values/duration";
import { isDomainName } from "../values/names";
import { bytesOf } from "../values/size";
import { compareText } from "../values/text-order";
import type { Concept } from "./concept";

/** The addresses of a service at the site's gate. The Swarm does not know them. */

/** An address that leads to a service. */
export interface RoutePlan {
  /** Name by which the gate is asked; absent: any. */
  readonly host?: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  /** Port inside the container. */
  readonly port: number;
  /** Whether only those get through who have logged in. */
  readonly login: boolean;
  /** Largest body of a request. */
  readonly bodySizeBytes: number;
  /** How long the service may send nothing. */
  readonly timeoutSeconds: number;
}

/** Routes in the plan. */
export interface RoutesPlan {
  /** By host and path. Absent: none. */
  readonly routes?: readonly RoutePlan[];
}

const usualBodySize = "10MiB";
const usualSeconds = 60;

/**
 * Letters that mean the same in a URL, in nginx's configuration and on a line of a terminal: no
 * escapes, blanks or quotes.
 */
const pathPattern = /^\/(?:[A-Za-z0-9._~-]+\/)*$/;

const routePath = z
  .string()
  .refine(
    (path) => pathPattern.test(path) && !path.split("/").some((part) => /^\.{1,2}$/.test(part)),
    "is not a path with / at both ends",
  )
  .meta({
    takes: "a path",
    write:
      "write a path that begins and ends with /, of letters, digits and . _ ~ - between them, e.g. /app/",
  });

const routeHost = z
  .string()
  .refine(
    (name) => isDomainName(name) && name.length <= 253 && !/(?:^|\.)[0-9]+$/.test(name),
    "is not a DNS name in lower case",
  )
  .meta({
    takes: "a name",
    write: "write a name without scheme, port and path, e.g. guestbook or guestbook.example.com",
  });

const schema = {
  routes: z
    .array(
      z.strictObject({
        port: portNumber,
        path: routePath.optional(),
        host: routeHost.optional(),
        login: z.boolean().optional(),
        bodySize: size.optional(),
        timeout: positiveDuration.optional(),
      } satisfies Record<keyof Route, z.ZodType>),
    )
    .optional(),
};

/** The concept; see `concepts.ts`. */
export const routes: Concept<typeof schema, RoutesPlan> = {
  schema,
  plan: ({ routes: wanted = [] }) =>
    wanted.length === 0
      ? {}
      : {
          routes: wanted.map(planRoute).sort(byAddress),
        },
};

/** The normal form of a route. */
export function planRoute(route: Route): RoutePlan {
  return {
    ...(route.host === undefined ? {} : { host: route.host }),
    path: route.path ?? "/",
    port: route.port,
    login: route.login ?? false,
    bodySizeBytes: bytesOf(route.bodySize ?? usualBodySize) ?? 0,
    timeoutSeconds: secondsOr(route.timeout, usualSeconds),
  };
}

/** The order of routes: by host, those without one first, then by path. */
export function byAddress(left: RoutePlan, right: RoutePlan): number {
  const hosts = compareText(left.host ?? "", right.host ?? "");
  return hosts === 0 ? compareText(left.path, right.path) : hosts;
}

/** A route's address as people read it: `/app/`, or `guestbook/` with a name of its own. */
export function routeAddress({ host = "", path }: Pick<RoutePlan, "host" | "path">): string {
  return `${host}${path}`;
}

/**
 * The path of a route at a server's bare address: a route with a name of its own is below that
 * name, as long as no DNS leads there.
 */
export function pathAtAddress({ host, path }: Pick<RoutePlan, "host" | "path">): string {
  return host === undefined ? path : `/${host}${path}`;
}
