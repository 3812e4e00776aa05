import { z } from "zod";
import { dnsForm, gatewayForm, hostsForm } from "../foreign/service-forms";
import type { Dns } from "../inventory";
import { dnsName, ipAddress } from "../schema/values";
import { isDomainName } from "../values/names";
import { present } from "../values/present";
import { compareText, sortedRecord } from "../values/text-order";
import type { SwarmConcept } from "./concept";
import { text } from "./unless-empty";

/** The name of a container, and the names that it can look up. */

/** Name resolution of a container. */
export interface DnsPlan {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

/** Names in the plan. */
export interface NamesPlan {
  /** Container host name; Swarm templates such as `{{.Node.Hostname}}` are allowed. */
  readonly hostname?: string;
  /** Lines of `/etc/hosts`: address by name; includes all servers. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly dns: DnsPlan;
}

const hostName = z
  .string()
  .refine((name) => isDomainName(name.toLowerCase()), "is not a host name");

const dns = z.strictObject({
  servers: z.array(ipAddress).optional(),
  search: z
    .array(hostName)
    .optional()
    .meta({ write: 'write a list of domains, e.g. ["hive.example"]' }),
  options: z.array(z.string().min(1)).optional(),
} satisfies Record<keyof Dns, z.ZodType>);

const schema = {
  hostname: z.string().min(1).optional(),
  hosts: z
    .record(dnsName, ipAddress.meta({ foreignForm: gatewayForm }))
    .optional()
    .meta({ foreignForm: hostsForm }),
  dns: dns.optional().meta({ foreignForm: dnsForm }),
};

/** The concept; see `concepts.ts`. */
export const names: SwarmConcept<typeof schema, NamesPlan> = {
  schema,
  plan: (service, context) => ({
    ...present("hostname", service.hostname),
    hosts: sortedRecord({ ...service.hosts, ...context.hosts }),
    dns: {
      servers: service.dns?.servers ?? [],
      search: service.dns?.search ?? [],
      options: service.dns?.options ?? [],
    },
  }),
  fields: { hostname: "tasks", hosts: "tasks", dns: "tasks" },
  normalize: (spec) => ({
    ...text("hostname", spec.hostname),
    hosts: spec.hosts,
    dns: { servers: spec.dns.servers, search: spec.dns.search, options: spec.dns.options },
  }),
  toEngine: (spec) => ({
    container: {
      ...(spec.hostname === undefined ? {} : { Hostname: spec.hostname }),
      Hosts: Object.entries(spec.hosts)
        .map(([name, address]) => `${address} ${name}`)
        .sort(compareText),
      DNSConfig: {
        Nameservers: spec.dns.servers,
        Search: spec.dns.search,
        Options: spec.dns.options,
      },
    },
  }),
  fromEngine: ({ TaskTemplate: { ContainerSpec: container } }) => ({
    hostname: container.Hostname ?? "",
    hosts: Object.fromEntries((container.Hosts ?? []).flatMap(splitHostLine)),
    dns: {
      servers: container.DNSConfig?.Nameservers ?? [],
      search: container.DNSConfig?.Search ?? [],
      options: container.DNSConfig?.Options ?? [],
    },
  }),
};

/** `address name [further names]` as names with the address. */
function splitHostLine(line: string): [string, string][] {
  const [address = "", ...rest] = line.trim().split(/\s+/);
  return rest.map((name) => [name, address]);
}
