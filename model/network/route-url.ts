import { pathAtAddress, type RoutePlan } from "../service/routes";
import type { Endpoint } from "./endpoint-url";

/**
 * The URL of a route at one server, by its address: `http://172.29.16.4/app/`.
 *
 * @param endpoint where the gate's port of HTTP is reached
 */
export function routeUrl(route: Pick<RoutePlan, "host" | "path">, endpoint: Endpoint): string {
  const isUsual = endpoint.port === 80;
  return `http://${endpoint.address}${isUsual ? "" : `:${endpoint.port}`}${pathAtAddress(route)}`;
}
