import { z } from "zod";
import { cidrFault, parseAddress } from "../network/addresses";
import { composeNetwork } from "../foreign/compose";
import { networkForm } from "../foreign/parts-forms";
import type { Network } from "../inventory";
import { suggestion } from "../problem/suggestion";
import { externalSchema } from "./external";
import { textRecord } from "./values";

const subnet = z
  .string()
  .superRefine((text, context) => {
    const fault = cidrFault(text);
    if (fault === undefined) return;
    context.addIssue({ code: "custom", message: fault.message, params: { remedy: fault.remedy } });
  })
  .meta({
    takes: "an IPv4 network in CIDR notation",
    write: 'write a private network, e.g. "10.96.0.0/24"',
  });

/**
 * Built-in drivers (swarmkit, `IsBuiltInNetworkDriver`) for networks that the Swarm creates, and
 * that tasks can join.
 */
const drivers = ["overlay", "macvlan", "ipvlan"];

const leaveOut = "remove it: services here are joined by overlay networks";

/** Docker Engine's drivers that networks here cannot have, with the remedies. */
const otherDrivers: Readonly<Record<string, { message: string; remedy: string }>> = {
  bridge: {
    message:
      "has the driver bridge, which creates a separate network on each server: tasks on two servers could not reach each other",
    remedy: `${leaveOut}, which reach across servers`,
  },
  host: {
    message:
      "has the driver host, whose only network every Docker Engine has by itself: another one cannot be created",
    remedy: `${leaveOut}; for a port on each server that runs a task write \`ports: [{ target: 80, mode: "host" }]\` in the service`,
  },
  none: noNetwork("none"),
  null: noNetwork("null"),
};

function noNetwork(name: string): { message: string; remedy: string } {
  return {
    message: `has the driver ${name}, which the Swarm does not support`,
    remedy: `${leaveOut}; a service without any network has \`networks: []\``,
  };
}

/**
 * The driver of a network. An unknown driver can be a plugin of the servers with any name, so only
 * a name that looks mistyped is refused.
 */
const networkDriver = z
  .string()
  .min(1)
  .superRefine((driver, context) => {
    if (drivers.includes(driver)) return;
    const meant = suggestion(driver, [...drivers, ...Object.keys(otherDrivers)]);
    if (meant === undefined) return;
    const message =
      otherDrivers[driver]?.message ??
      `has the driver ${driver}, which Docker Engine does not have`;
    const remedy =
      otherDrivers[meant]?.remedy ?? `did you mean "${meant}"? A plugin needs another name`;
    context.addIssue({ code: "custom", message, params: { remedy } });
  });

/** Schema of {@link Network}. */
export const networkSchema = z
  .strictObject({
    external: externalSchema.optional(),
    driver: networkDriver.optional(),
    driverOptions: textRecord.optional(),
    subnet: subnet.optional(),
    gateway: z
      .string()
      .refine((text) => parseAddress(text) !== undefined, "is not an IPv4 address")
      .optional()
      .meta({
        takes: "an IPv4 address",
        write: 'write an address of the subnet, e.g. "10.96.0.1"',
      }),
    attachable: z.boolean().optional(),
    internal: z.boolean().optional(),
  } satisfies Record<keyof Network, z.ZodType>)
  .superRefine((network, context) => {
    const others = Object.keys(network).filter((key) => key !== "external");
    if (network.external === undefined || others.length === 0) return;
    context.addIssue({
      code: "custom",
      message: `is external, but also has ${others.join(", ")}: its owner has decided that`,
      params: { remedy: `remove ${others.join(", ")}; or external, for a network that hive makes` },
    });
  })
  .meta({ foreignKeys: [composeNetwork], foreignForm: networkForm });
