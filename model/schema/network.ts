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
    takes: "an IPv4 network in CIDR form",
    write: 'write a private network, e.g. "10.96.0.0/24"',
  });

/**
 * Drivers of the engine (swarmkit, `IsBuiltInNetworkDriver`) whose networks the Swarm makes and
 * joins tasks to.
 */
const drivers = ["overlay", "macvlan", "ipvlan"];

const leaveOut = "remove it: services here are joined by overlay networks";

/** Drivers of the engine that no network here can have, with what to do. */
const otherDrivers: Readonly<Record<string, { message: string; remedy: string }>> = {
  bridge: {
    message:
      "names the driver bridge, which would give each server a network of its own: tasks on two servers could not reach each other",
    remedy: `${leaveOut}, which reach across servers`,
  },
  host: {
    message:
      "names the driver host, whose one network every engine has by itself: no server can make another",
    remedy: `${leaveOut}; for a port on each server that runs a task write \`ports: [{ target: 80, mode: "host" }]\` in the service`,
  },
  none: noNetwork("none"),
  null: noNetwork("null"),
};

function noNetwork(name: string): { message: string; remedy: string } {
  return {
    message: `names the driver ${name}, which the Swarm does not take`,
    remedy: `${leaveOut}; a service without any network has \`networks: []\``,
  };
}

/**
 * The driver of a network. One that the engine does not bring can be a plugin of the servers under
 * any name, so only what looks like a mistyped name is refused.
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
      `names the driver ${driver}, which the engine does not bring`;
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
      message: `is external, and has ${others.join(", ")} beside: whoever made it has decided that`,
      params: { remedy: `remove ${others.join(", ")}; or external, for a network that hive makes` },
    });
  })
  .meta({ foreignKeys: [composeNetwork], foreignForm: networkForm });
