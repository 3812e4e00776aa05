import type { Problem } from "../problem/problems";
import { servicePath, sitePath } from "../schema/check-site";
import { forEachService, type Rule, type RuleInput } from "./rule";

/**
 * Networks that every Docker Engine has by itself (moby, `runconfig.IsPreDefinedNetwork`), and
 * those that the Swarm creates on each server.
 */
const engineNetworks = new Set(["bridge", "docker_gwbridge", "host", "ingress", "none"]);

/** Names of every container's `/etc/hosts` (moby, `libnetwork/etchosts`): they never reach DNS. */
const localNames = new Set([
  "ip6-allnodes",
  "ip6-allrouters",
  "ip6-localhost",
  "ip6-localnet",
  "ip6-loopback",
  "ip6-mcastprefix",
  "localhost",
]);

/** No network has the name of a predefined network. */
export const networkNameProblems: Rule = ({ site }) =>
  site.names.networks
    .filter((name) => engineNetworks.has(name))
    .map((name) => ({
      path: sitePath(["networks", name]),
      value: `"${name}"`,
      message: "is a network that every Docker Engine has by itself",
      remedy: "choose another name",
    }));

/** No service has a name that its clients would never look up in DNS. */
export const serviceNameProblems = forEachService(({ name }) =>
  localNames.has(name)
    ? [
        {
          path: servicePath(name, []),
          value: `"${name}"`,
          message: "is in every container's /etc/hosts: no other container would find the service",
          remedy: "choose another name",
        },
      ]
    : [],
);

/** Further names of a service are unique: case does not matter, as in DNS. */
export const aliasProblems = forEachService(({ name, service }, input): readonly Problem[] =>
  (service.networks ?? []).flatMap((network, index) =>
    typeof network === "string"
      ? []
      : (network.aliases ?? []).flatMap((alias, position) => {
          const obstacle = aliasObstacle(alias.toLowerCase(), network.name, name, input);
          if (obstacle === undefined) return [];
          return [
            {
              path: servicePath(name, ["networks", index, "aliases", position]),
              value: `"${alias}"`,
              ...obstacle,
            },
          ];
        }),
  ),
);

function aliasObstacle(
  alias: string,
  network: string,
  owner: string,
  { services, hosts, stage }: RuleInput,
): Pick<Problem, "message" | "remedy"> | undefined {
  const remedy = "remove it, or choose another name";
  if (localNames.has(alias)) {
    return {
      message: "is in every container's /etc/hosts: nobody would find the service by it",
      remedy,
    };
  }
  const server = hosts.find((host) => host.name.toLowerCase() === alias);
  if (server !== undefined) {
    return {
      message: `is in every container's /etc/hosts with the address ${server.privateAddress}: nobody would find the service by it`,
      remedy,
    };
  }
  const holder = services.find(
    (other) =>
      other.name !== owner &&
      [other.name, `tasks.${other.name}`].includes(alias) &&
      other.plan.networks.some((attachment) => attachment.network === network),
  );
  if (holder === undefined) return undefined;
  return {
    message: `is a name of the service ${holder.name} on the network ${network}: on the stage ${stage} a client would sometimes reach the one, sometimes the other`,
    remedy: `${remedy}, or let one of the two leave the network`,
  };
}
