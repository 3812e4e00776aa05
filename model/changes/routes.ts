import { type RoutePlan, routeAddress } from "../service/routes";
import { compareText } from "../values/text-order";
import type { ServiceSnapshot } from "./snapshot";

/** A difference in who leads where at the gate. `name` is the address: `/clock/`, `guestbook/`. */
export type RouteChange =
  | {
      readonly thing: "route";
      readonly change: "added";
      readonly name: string;
      readonly service: string;
      readonly login: boolean;
    }
  | {
      readonly thing: "route";
      readonly change: "removed";
      readonly name: string;
      readonly service: string;
    }
  | {
      readonly thing: "route";
      readonly change: "changed";
      readonly name: string;
      readonly service: string;
      /** In words: `port 80 → 81`. */
      readonly parts: readonly string[];
    };

interface KnownRoute {
  readonly service: string;
  readonly hash: string;
  /** Absent in the snapshots of releases that kept the hash only. */
  readonly plan?: RoutePlan;
}

/** The routes that differ, by address: one that moves between services is one change. */
export function routeChanges(
  before: readonly ServiceSnapshot[],
  after: readonly ServiceSnapshot[],
): readonly RouteChange[] {
  const [old, now] = [routesOf(before), routesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort(compareText)
    .flatMap((name) => routeChange(name, old.get(name), now.get(name)));
}

function routesOf(services: readonly ServiceSnapshot[]): ReadonlyMap<string, KnownRoute> {
  return new Map(
    services.flatMap(({ name: service, fields, routes = [] }) =>
      Object.entries(fields.routes ?? {}).map(([address, hash]): [string, KnownRoute] => {
        const plan = routes.find((route) => routeAddress(route) === address);
        return [address, { service, hash, ...(plan === undefined ? {} : { plan }) }];
      }),
    ),
  );
}

function routeChange(
  name: string,
  old: KnownRoute | undefined,
  now: KnownRoute | undefined,
): readonly RouteChange[] {
  if (now === undefined)
    return old === undefined
      ? []
      : [{ thing: "route", change: "removed", name, service: old.service }];
  const { service, plan } = now;
  if (old === undefined)
    return [{ thing: "route", change: "added", name, service, login: plan?.login ?? false }];
  const parts = [
    ...(old.service === service ? [] : [`now to ${service}, before to ${old.service}`]),
    ...(old.hash === now.hash ? [] : settingChanges(old.plan, plan)),
  ];
  return parts.length === 0 ? [] : [{ thing: "route", change: "changed", name, service, parts }];
}

function settingChanges(old: RoutePlan | undefined, now: RoutePlan | undefined): readonly string[] {
  // Who gets in is what matters, also when nothing says who did before.
  if (old === undefined || now === undefined)
    return [now === undefined ? "its settings" : `its settings (${audience(now)})`];
  return [
    ...(old.login === now.login ? [] : [`now ${audience(now)}, before ${audience(old)}`]),
    ...(old.port === now.port ? [] : [`port ${old.port} → ${now.port}`]),
    ...(old.bodySizeBytes === now.bodySizeBytes ? [] : ["body size"]),
    ...(old.timeoutSeconds === now.timeoutSeconds
      ? []
      : [`timeout ${old.timeoutSeconds} s → ${now.timeoutSeconds} s`]),
  ];
}

/** A route and where it leads, or led. */
function place(route: RouteChange): string {
  if (route.change === "changed") return route.name;
  return `${route.name} ${route.change === "added" ? "to" : "of"} ${route.service}`;
}

function audience({ login }: { readonly login: boolean }): string {
  return login ? "after login" : "everybody";
}

/** The line of a route, without its sign: `route /clock/ to clock (everybody)`. */
export function routeText(route: RouteChange): string {
  const text = `route ${place(route)}`;
  if (route.change === "added") return `${text} (${audience(route)})`;
  return route.change === "removed" ? text : `${text}: ${route.parts.join("; ")}`;
}

/** What routes told in one line have in common: that one is public is never folded away. */
export function foldedKind(route: RouteChange): string {
  if (route.change === "added") return audience(route);
  return route.change === "removed" ? "" : route.parts.join("; ");
}

/** The line of several routes of one {@link foldedKind}, without its sign. */
export function foldedRoutes(routes: readonly RouteChange[]): string {
  const [first] = routes;
  const places = routes.map(place).join(", ");
  const head = `${routes.length} routes`;
  if (first?.change === "added") return `${head} (${audience(first)}): ${places}`;
  const parts = first?.change === "changed" ? first.parts : [];
  return [`${head}: ${places}`, ...parts].join("; ");
}
