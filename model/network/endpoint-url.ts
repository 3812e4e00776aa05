import type { PortPlan } from "../plan";

/** The address of a published port, seen from the operator's computer. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

const schemes = { 80: "http", 443: "https" } as Readonly<Record<number, "http" | "https">>;

/**
 * A published port as an operator would type it: `http://…/` and `https://…/` for a port that speaks
 * it and else for 80 and 443 (the port is omitted if it is the scheme's own), else
 * `<protocol>://<address>:<port>`.
 *
 * @param published - the port on the host, which decides the scheme, also where it is reached
 *   through another one
 */
export function endpointUrl(
  published: Pick<PortPlan, "published" | "protocol" | "speaks">,
  endpoint: Endpoint,
): string {
  const { protocol, speaks } = published;
  const web = protocol === "tcp" ? (speaks ?? schemes[published.published]) : undefined;
  if (web === undefined) return `${protocol}://${endpoint.address}:${endpoint.port}`;
  return `${web}://${endpoint.address}${schemes[endpoint.port] === web ? "" : `:${endpoint.port}`}/`;
}
