import { z } from "zod";
import { attachmentsForm } from "../foreign/service-forms";
import type { NetworkAttachment } from "../inventory";
import { dnsName, reference } from "../schema/values";
import { compareText, sortedUnique } from "../values/text-order";
import type { SwarmConcept } from "./concept";

/** The networks that a service joins. */

/** A network that a service joins. */
export interface AttachmentPlan {
  /** Name of the network in the site; see `OverlayPlan.name`. */
  readonly network: string;
  readonly aliases: readonly string[];
}

/** Networks in the plan. */
export interface NetworksPlan {
  readonly networks: readonly AttachmentPlan[];
}

/** A network of the Swarm that a service joins. */
export interface ServiceNetwork {
  /** Id in the Swarm: it changes when the network is recreated; a name would not. */
  readonly id: string;
  /** Further names of the tasks in this network. */
  readonly aliases: readonly string[];
}

/** Networks in the Swarm. */
export interface JoinedNetworks {
  readonly networks: readonly ServiceNetwork[];
}

const attachment = z.union([
  reference,
  z.strictObject({
    name: reference,
    aliases: z.array(dnsName).optional(),
  } satisfies Record<keyof NetworkAttachment, z.ZodType>),
]);

const schema = {
  networks: z.array(attachment).optional().meta({ foreignForm: attachmentsForm }),
};

/** The default network of services. */
export const defaultNetwork = "default";

/** The concept; see `concepts.ts`. */
export const networks: SwarmConcept<typeof schema, NetworksPlan, JoinedNetworks> = {
  schema,
  plan: (service) => ({
    networks: (service.networks ?? [defaultNetwork])
      .map((network) =>
        typeof network === "string"
          ? { network, aliases: [] }
          : { network: network.name, aliases: sortedUnique(network.aliases ?? []) },
      )
      .sort((left, right) => compareText(left.network, right.network)),
  }),
  fields: { networks: "tasks" },
  normalize: (spec) => ({
    networks: spec.networks
      .map(({ id, aliases }) => ({ id, aliases: [...aliases].sort(compareText) }))
      .sort((a, b) => compareText(a.id, b.id)),
  }),
  toEngine: (spec) => ({
    task: { Networks: spec.networks.map(({ id, aliases }) => ({ Target: id, Aliases: aliases })) },
  }),
  fromEngine: ({ TaskTemplate: template }) => ({
    networks: (template.Networks ?? []).map(({ Target, Aliases }) => ({
      id: Target ?? "",
      aliases: Aliases ?? [],
    })),
  }),
};
