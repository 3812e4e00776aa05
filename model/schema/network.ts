import { z } from "zod";
import { cidrFault, parseAddress } from "../addresses";
import { composeNetwork } from "../foreign/compose";
import { networkForm } from "../foreign/parts-forms";
import type { Network } from "../inventory";
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

/** Schema of {@link Network}. */
export const networkSchema = z
  .strictObject({
    driver: z.string().min(1).optional(),
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
  .meta({ foreignKeys: [composeNetwork], foreignForm: networkForm });
