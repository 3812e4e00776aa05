import type { PortPlan } from "../plan";

/** The address of a published port, seen from the operator's computer. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * A published port as an operator would type it: `http://…/` for 80 and `https://…/` for 443 (the
 * port is omitted if it is the scheme's own), else `<protocol>://<address>:<port>`.
 *
 * @param published - the port on the host, which decides the scheme, also where it is reached
 *   through another one
 */
export function endpointUrl(
  published: Pick<PortPlan, "published" | "protocol">,
  endpoint: Endpoint,
): string {
  const web =
    published.protocol === "tcp" ? { 80: "http", 443: "https" }[published.published] : undefined;
  if (web === undefined) return `${published.protocol}://${endpoint.address}:${endpoint.port}`;
  return `${web}://${endpoint.address}${endpoint.port === published.published ? "" : `:${endpoint.port}`}/`;
}
