import { pathAtAddress, type RoutePlan } from "../service/routes";
import type { Endpoint } from "./endpoint-url";

/**
 * The URL of a route at one server, by its address: `http://172.29.16.4/app/`.
 *
 * @param scheme what the gate answers: HTTPS where it is secure
 * @param endpoint where the gate's port of that scheme is reached
 */
export function routeUrl(
  route: Pick<RoutePlan, "host" | "path">,
  scheme: "http" | "https",
  { address, port }: Endpoint,
): string {
  const isUsual = port === (scheme === "https" ? 443 : 80);
  return `${scheme}://${address}${isUsual ? "" : `:${port}`}${pathAtAddress(route)}`;
}
