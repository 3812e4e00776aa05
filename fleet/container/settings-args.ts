import type { ContainerArgs } from "@pulumi/docker";
import type { ServerContainerPlan } from "../../model/server-container";

/** The arguments that a server's container has only where the site's transform asks for them. */
type SettingsArgs = Pick<
  ContainerArgs,
  | "cpus"
  | "devices"
  | "dns"
  | "dnsOpts"
  | "dnsSearches"
  | "envs"
  | "logDriver"
  | "logOpts"
  | "memory"
  | "memorySwap"
  | "shmSize"
  | "sysctls"
  | "ulimits"
>;

const mebibyte = 2 ** 20;

/** What the site's transform asks for, as the provider takes it; nothing where it does not ask. */
export function settingsArgs(container: ServerContainerPlan): SettingsArgs {
  const { memoryBytes, sharedMemoryBytes, cpus, logging, dns } = container;
  const memory = memoryBytes === undefined ? undefined : Math.floor(memoryBytes / mebibyte);
  return {
    // Left to the engine, the server could use as much again of swap.
    ...(memory === undefined ? {} : { memory, memorySwap: memory }),
    ...(sharedMemoryBytes === undefined
      ? {}
      : { shmSize: Math.ceil(sharedMemoryBytes / mebibyte) }),
    ...(cpus === undefined ? {} : { cpus: String(cpus) }),
    ...listed(
      "devices",
      container.devices.map(({ source, target, permissions }) => ({
        hostPath: source,
        containerPath: target,
        permissions,
      })),
    ),
    ...listed(
      "envs",
      Object.entries(container.environment).map(([name, text]) => `${name}=${text}`),
    ),
    ...(Object.keys(container.sysctls).length === 0 ? {} : { sysctls: container.sysctls }),
    ...listed("ulimits", container.ulimits),
    ...(logging === undefined ? {} : { logDriver: logging.driver, logOpts: logging.options }),
    ...listed("dns", dns.servers),
    ...listed("dnsSearches", dns.search),
    ...listed("dnsOpts", dns.options),
  };
}

/** An argument that is a list, where that is not empty: an empty one could be another one. */
function listed<Name extends string, Item>(
  name: Name,
  items: readonly Item[],
): { readonly [Each in Name]?: Item[] } {
  return items.length === 0 ? {} : ({ [name]: [...items] } as Record<Name, Item[]>);
}
